import { randomUUID } from 'node:crypto';
import type { SandboxAnswer, SandboxRequest } from '../service';
import type { AccountState, Timed } from './account-state';
import { contactNotFoundV2, listNotFound, Refusal, v2Error } from './answers';
import type { RemovalJob } from './removal-job';
import { type Desk, type Resource, route, v2Body } from './route';

/** A job that nobody asks about completes by itself. */
const COMPLETES_AFTER_MS = 2000;

/** When bulk removals complete, as the control commands set it. */
export interface RemovalPace {
    held: boolean;
}

/** Taking contacts off a list: one, a bulk job, or all (Dotdigital API, DELETE and POST /v2/address-books/{id}/contacts/…). */
export function removals(pace: RemovalPace): Resource {
    return {
        routes: [
            route('DELETE', '/v2/address-books/{id}/contacts/{id}', 'medium', removeOne),
            route('POST', '/v2/address-books/{id}/contacts/delete', 'low', start),
            route('POST', '/v2/address-books/{id}/contacts/delete-all', 'low', (desk, _request, list = '') => {
                const members = [...desk.account.contacts.after(0)].filter((contact) => contact.lists.includes(Number(list)));
                return begin(
                    desk,
                    Number(list),
                    members.map(({ id }) => id),
                );
            }),
            route('GET', '/v2/contacts/deletion/{part}', 'unlimited', (desk, _request, id = '') => {
                const job = desk.account.removals.get(id.toLowerCase());
                if (!job) throw new Refusal(v2Error(404, 'The deletion request was not found. ERROR_OBJECT_NOT_FOUND'));
                if (job.status === 'Started' && !pace.held) complete(desk, job);
                return { status: 200, body: { Id: job.id, Status: job.status } };
            }),
        ],
        operations: {
            removeFromList: (account: AccountState, { listId, contactIds }: Timed & { listId: number; contactIds: number[] }) => {
                removeAll(account, listId, contactIds);
            },
            removalStarted: (account: AccountState, event: Timed & { id: string; listId: number; contactIds: number[] }) => {
                const { id, listId, contactIds, at } = event;
                account.removals.set(id, { id, listId, contactIds, startedAt: Date.parse(at), status: 'Started' });
            },
            removalCompleted: (account: AccountState, { id }: Timed & { id: string }) => {
                const job = account.removals.get(id);
                if (!job) return;
                removeAll(account, job.listId, job.contactIds);
                account.removals.set(id, { ...job, contactIds: [], status: 'Completed' });
            },
        },
    };
}

/** Completes the jobs whose time has come. */
export function settleRemovals(desk: Desk, pace: RemovalPace): void {
    if (pace.held) return;
    const due = desk.context.now().getTime() - COMPLETES_AFTER_MS;
    for (const job of startedRemovals(desk.account)) if (job.startedAt <= due) complete(desk, job);
}

/** Completes all jobs by command. @returns their ids */
export function finishRemovals(desk: Desk): string[] {
    const started = startedRemovals(desk.account);
    for (const job of started) complete(desk, job);
    return started.map(({ id }) => id);
}

const startedRemovals = (account: AccountState): RemovalJob[] =>
    [...account.removals.values()].filter(({ status }) => status === 'Started');

const complete = (desk: Desk, job: RemovalJob): void => desk.commit('removalCompleted', { id: job.id });

function removeOne(desk: Desk, _request: SandboxRequest, list = '', id = ''): SandboxAnswer {
    const listId = Number(list);
    if (!desk.account.membership.lists.has(listId)) throw new Refusal(listNotFound());
    const contact = desk.account.contacts.byId(Number(id));
    if (!contact?.lists.includes(listId)) throw new Refusal(contactNotFoundV2());
    desk.commit('removeFromList', { listId, contactIds: [contact.id] });
    return { status: 204 };
}

function start(desk: Desk, request: SandboxRequest, list = ''): SandboxAnswer {
    const ids = v2Body(request);
    if (!Array.isArray(ids) || ids.length === 0 || !ids.every((id): id is number => Number.isInteger(id)))
        throw new Refusal(v2Error(400, 'An array of contact ids is expected. ERROR_PARAMETER_INVALID'));
    return begin(desk, Number(list), ids);
}

function begin(desk: Desk, listId: number, contactIds: readonly number[]): SandboxAnswer {
    if (!desk.account.membership.lists.has(listId)) throw new Refusal(listNotFound());
    const id = randomUUID();
    desk.commit('removalStarted', { id, listId, contactIds });
    return { status: 202, body: { id, status: 'Started' } };
}

function removeAll(account: AccountState, listId: number, contactIds: readonly number[]): void {
    for (const id of contactIds) {
        const contact = account.contacts.byId(id);
        if (contact) account.membership.remove(contact, listId);
    }
}
