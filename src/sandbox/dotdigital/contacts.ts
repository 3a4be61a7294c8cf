import type { SandboxAnswer, SandboxRequest } from '../service';
import type { AccountState, Timed } from './account-state';
import { contactNotFound, type ErrorDetail, Refusal, v3Error } from './answers';
import { type Contact, isSuppressed } from './contact';
import { bodyProblems, type ContactBody } from './contact-body';
import { isEmailAddress, planWrite, type WritePlan } from './contact-plan';
import { fullView } from './contact-view';
import { type MergeOption, performWrite, sendsStatus } from './contact-write';
import { type Desk, type Resource, route, v3Body } from './route';

const MERGE_OPTIONS: Readonly<Record<string, MergeOption>> = {
    overwrite: 'overwrite',
    'overwrite-if-not-empty': 'overwriteIfNotEmpty',
    'overwrite-if-empty': 'overwriteIfEmpty',
};
const IDENTIFIER_NAME = /^[-A-Za-z0-9_]{1,50}$/;
const MAX_VALUE_LENGTH = 256;

interface Write extends Timed {
    readonly identifier: string;
    readonly value: string;
    readonly body: ContactBody;
    readonly mergeOption: MergeOption;
}

interface Replace extends Timed {
    readonly contactId: number;
    readonly body: ContactBody;
}

/** Single contacts: `/contacts/v3/{identifier}/{value}` and `POST /contacts/v3` (Dotdigital API, contacts v3). */
export const contacts: Resource = {
    routes: [
        route('GET', '/contacts/v3/{part}/{part}', 'high', (desk, _request, identifier = '', value = '') => ({
            status: 200,
            body: fullView(desk.account, known(desk, identifier, value)),
        })),
        route('PATCH', '/contacts/v3/{part}/{part}', 'medium', patch),
        route('PUT', '/contacts/v3/{part}/{part}', 'medium', replace),
        route('DELETE', '/contacts/v3/{part}/{part}', 'medium', (desk, _request, identifier = '', value = '') => {
            const { id } = known(desk, identifier, value);
            desk.commit('delete', { contactId: id, counted: true });
            return { status: 200, body: { contactId: id } };
        }),
        route('POST', '/contacts/v3', 'medium', create),
    ],
    operations: {
        write: (account: AccountState, { identifier, value, body, mergeOption, at }: Write) => {
            if (sendsStatus(body)) account.statusSent++;
            return performWrite(account, planWrite(account, identifier, value, body), mergeOption, Date.parse(at));
        },
        replace: (account: AccountState, { contactId, body, at }: Replace) => {
            if (sendsStatus(body)) account.statusSent++;
            const contact = account.contacts.byId(contactId);
            if (!contact) return;
            contact.values = '';
            for (const id of contact.lists) if (!body.lists?.includes(id)) account.membership.remove(contact, id);
            account.contacts.extrasToChange(contact).preferences = new Map();
            performWrite(account, planWrite(account, 'contactId', String(contactId), body), 'overwrite', Date.parse(at));
        },
        delete: (account: AccountState, { contactId, counted }: Timed & { contactId: number; counted: boolean }) => {
            const contact = account.contacts.byId(contactId);
            if (!contact || contact.binned) return;
            account.membership.removeFromAll(contact);
            account.membership.setBinned(contact, true);
            if (counted) account.deleted++;
            if (isSuppressed(contact.status)) contact.values = '';
        },
    },
};

function patch(desk: Desk, request: SandboxRequest, identifier = '', value = ''): SandboxAnswer {
    checkIdentifier(identifier, value);
    const option = request.query.get('merge-option') ?? 'overwrite';
    const mergeOption = MERGE_OPTIONS[option];
    if (!mergeOption) throw new Refusal(v3Error(400, 'contacts:badRequest', `The merge option '${option}' is invalid`));
    const body = checkedBody(request, []);
    const plan = planWrite(desk.account, identifier, value, body);
    refuseProblems(plan);
    const { contact, created } = desk.commit<{ contact: Contact; created: boolean }>('write', {
        identifier,
        value,
        body,
        mergeOption,
    });
    return { status: created ? 201 : 200, body: fullView(desk.account, contact) };
}

function create(desk: Desk, request: SandboxRequest): SandboxAnswer {
    const body = checkedBody(request, ['identifiers']);
    if (body.channelProperties?.email?.resubscribeOptions)
        throw new Refusal(v3Error(400, 'contacts:badRequest', 'resubscribeOptions are not taken when a contact is created'));
    const [identifier, value] = Object.entries(body.identifiers ?? {}).find(([, one]) => one !== null) ?? ['email', ''];
    const plan = planWrite(desk.account, identifier, String(value), body);
    if (plan.contact && !plan.contact.binned) throw new Refusal(conflict(identifier, String(value)));
    refuseProblems(plan);
    const event = { identifier, value: String(value), body, mergeOption: 'overwrite' };
    const { contact } = desk.commit<{ contact: Contact }>('write', event);
    return { status: 201, body: fullView(desk.account, contact) };
}

function replace(desk: Desk, request: SandboxRequest, identifier = '', value = ''): SandboxAnswer {
    const contact = known(desk, identifier, value);
    const body = checkedBody(request, ['identifiers']);
    if (body.consentRecords)
        throw new Refusal(v3Error(400, 'contacts:badRequest', 'consentRecords are not taken when a contact is replaced'));
    refuseProblems(planWrite(desk.account, 'contactId', String(contact.id), body));
    desk.commit('replace', { contactId: contact.id, body });
    return { status: 200, body: fullView(desk.account, contact) };
}

function checkedBody(request: SandboxRequest, required: readonly string[]): ContactBody {
    const body = v3Body(request);
    const problems = bodyProblems(body, required);
    if (problems.length) throw new Refusal(badRequest(problems));
    return body as ContactBody;
}

/** The refusal of a body that does not have the shape of the schema. */
export function badRequest(problems: readonly ErrorDetail[]): SandboxAnswer {
    return v3Error(400, 'contacts:badRequest', problems.map(({ description }) => description).join(' '), problems);
}

function refuseProblems(plan: WritePlan): void {
    const [first] = plan.problems;
    if (!first) return;
    const details = plan.problems.map(({ item, description }) => ({ item, description }));
    if (first.code === 'duplicateIdentifier')
        throw new Refusal(v3Error(409, 'contacts:identifierConflict', first.description, details));
    const code = first.fatal ? 'contacts:invalidId' : 'contacts:badRequest';
    throw new Refusal(v3Error(400, code, first.description, details));
}

const conflict = (identifier: string, value: string): SandboxAnswer =>
    v3Error(409, 'contacts:identifierConflict', `The id value '${value}' for the identifier '${identifier}' already exists`);

function known(desk: Desk, identifier: string, value: string): Contact {
    checkIdentifier(identifier, value);
    const contact = desk.account.contacts.find(identifier, value);
    if (!contact || contact.binned) throw new Refusal(contactNotFound(identifier, value));
    return contact;
}

function checkIdentifier(identifier: string, value: string): void {
    const bad =
        !IDENTIFIER_NAME.test(identifier) ||
        value.length > MAX_VALUE_LENGTH ||
        (identifier === 'contactId' && !/^\d+$/.test(value)) ||
        (identifier === 'email' && !isEmailAddress(value));
    if (bad)
        throw new Refusal(
            v3Error(400, 'contacts:invalidId', `The id value '${value}' is invalid for the identifier '${identifier}'`),
        );
}
