import { randomUUID } from 'node:crypto';
import type { SandboxAnswer, SandboxRequest } from '../service';
import type { AccountState, Timed } from './account-state';
import { type ErrorDetail, Refusal, v3Error } from './answers';
import { addressKey } from './contact';
import { bodyProblems, isRecord } from './contact-body';
import type { MergeOption } from './contact-write';
import { badRequest } from './contacts';
import { endImport, type ImportedBody, type ImportFault, type ImportJob, type ImportOutcome } from './import-job';
import { type Desk, type Resource, route, v3Body } from './route';

const MAX_ACTIVE = 25;
const MAX_BYTES = 50_000_000;
const MERGE_OPTIONS: readonly MergeOption[] = ['overwrite', 'overwriteIfNotEmpty', 'overwriteIfEmpty'];
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** An import that nobody asks about lands by itself, as the real one does. */
const LANDS_AFTER_MS = 2000;

/** When imports end, as the control commands set it. */
export class ImportPace {
    held = false;
    /** Milliseconds from acceptance to the end; null: with the first question about it. */
    importMs: number | null = null;
    /** Imports that are active without being there. */
    pretended = 0;
    private faults: ImportFault[] = [];

    addFaults(faults: readonly ImportFault[]): void {
        this.faults.push(...faults);
    }

    clearFaults(): void {
        this.faults = [];
    }

    /** The faults that meet this import, each used up by one. */
    takeFaults(job: ImportJob): ImportFault[] {
        if (!this.faults.length) return [];
        const addresses = new Set(job.contacts?.map(({ identifiers }) => addressKey(String(identifiers?.['email'] ?? ''))));
        const taken = this.faults.filter(({ email }) => addresses.has(addressKey(email)));
        this.faults = this.faults.flatMap((fault) => {
            if (!taken.includes(fault)) return [fault];
            const left = (fault.times ?? 1) - 1;
            return left > 0 ? [{ ...fault, times: left }] : [];
        });
        return taken;
    }
}

/** Bulk imports (Dotdigital API, PUT /contacts/v3/import and its status). */
export function imports(pace: ImportPace): Resource {
    return {
        routes: [
            route('PUT', '/contacts/v3/import', 'low', (desk, request) => accept(desk, request, pace)),
            route('GET', '/contacts/v3/import/{part}', 'unlimited', (desk, _request, id = '') => statusOf(desk, id, pace)),
        ],
        operations: {
            importAccepted: (
                account: AccountState,
                event: Timed & Pick<ImportJob, 'mergeOption'> & { importId: string; contacts: ImportedBody[] },
            ) => {
                const { importId: id, mergeOption, contacts, at } = event;
                const size = contacts.length;
                account.largestImport = Math.max(account.largestImport, size);
                const job: ImportJob = {
                    id,
                    size,
                    mergeOption,
                    contacts,
                    acceptedAt: Date.parse(at),
                    status: 'NotFinished',
                    answer: null,
                };
                account.imports.set(id, job);
            },
            importEnded: (
                account: AccountState,
                event: Timed & { importId: string; outcome: ImportOutcome; faults: ImportFault[] },
            ) => {
                const job = account.imports.get(event.importId);
                if (job) endImport(account, job, event.outcome, event.faults, Date.parse(event.at));
            },
        },
    };
}

/** Ends the imports whose time has come. */
export function settleImports(desk: Desk, pace: ImportPace): void {
    if (pace.held) return;
    const due = desk.context.now().getTime() - (pace.importMs ?? LANDS_AFTER_MS);
    for (const job of activeImports(desk.account)) if (job.acceptedAt <= due) end(desk, job, 'Finished', pace);
}

/** Ends imports by command: one, the oldest ('next') or all. @returns their ids */
export function finishImports(desk: Desk, which: string, outcome: ImportOutcome, pace: ImportPace): string[] {
    const active = activeImports(desk.account);
    const chosen = which === 'all' ? active : which === 'next' ? active.slice(0, 1) : active.filter(({ id }) => id === which);
    for (const job of chosen) end(desk, job, outcome, pace);
    return chosen.map(({ id }) => id);
}

/** The imports that have not ended, oldest first. */
export const activeImports = (account: AccountState): ImportJob[] =>
    [...account.imports.values()].filter(({ status }) => status === 'NotFinished');

function accept(desk: Desk, request: SandboxRequest, pace: ImportPace): SandboxAnswer {
    if (request.body.length > MAX_BYTES)
        throw new Refusal(v3Error(413, 'contacts:requestTooLarge', 'The request body is larger than 50 MB'));
    const body = v3Body(request);
    if (!isRecord(body)) throw new Refusal(v3Error(400, 'contacts:badJson', 'The request JSON is badly formed'));
    const { contacts, mergeOption = 'overwrite' } = body;
    if (!Array.isArray(contacts) || contacts.length === 0)
        throw new Refusal(v3Error(400, 'contacts:noContactsSpecified', 'You must specify 1 or more contacts to be imported!'));
    if (!MERGE_OPTIONS.some((option) => option === mergeOption))
        throw new Refusal(v3Error(400, 'contacts:badRequest', `The merge option '${String(mergeOption)}' is invalid`));
    const problems = schemaProblems(contacts);
    if (problems.length) throw new Refusal(badRequest(problems));
    if (activeImports(desk.account).length + pace.pretended >= MAX_ACTIVE) throw new Refusal(tooMany());
    const importId = randomUUID();
    desk.commit('importAccepted', { importId, mergeOption, contacts });
    return { status: 202, body: { importId } };
}

function schemaProblems(contacts: readonly unknown[]): ErrorDetail[] {
    const problems: ErrorDetail[] = [];
    for (const [index, contact] of contacts.entries()) {
        const found = bodyProblems(contact, ['matchIdentifier', 'identifiers'], ['matchIdentifier']);
        if (isRecord(contact) && contact['matchIdentifier'] !== undefined && typeof contact['matchIdentifier'] !== 'string')
            found.push({ item: 'matchIdentifier', description: `Invalid value for 'matchIdentifier': a text is expected` });
        problems.push(...found.map(({ item, description }) => ({ item: `contacts[${index}].${item}`, description })));
        if (problems.length >= 10) return problems;
    }
    return problems;
}

function statusOf(desk: Desk, id: string, pace: ImportPace): SandboxAnswer {
    if (!GUID.test(id))
        throw new Refusal(v3Error(400, 'contacts:invalidId', `The id value '${id}' is invalid for the identifier 'importId'`));
    const job = desk.account.imports.get(id.toLowerCase());
    if (!job) throw new Refusal(v3Error(404, 'contacts:importNotFound', `The import request '${id}' could not be found!`));
    if (job.status === 'NotFinished' && !pace.held && pace.importMs === null) end(desk, job, 'Finished', pace);
    if (!job.answer) return { status: 200, body: { importId: job.id, status: job.status } };
    return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: job.answer };
}

function end(desk: Desk, job: ImportJob, outcome: ImportOutcome, pace: ImportPace): void {
    const faults = outcome === 'Finished' ? pace.takeFaults(job) : [];
    desk.commit('importEnded', { importId: job.id, outcome, faults });
}

const tooMany = (): SandboxAnswer =>
    v3Error(
        429,
        'contacts:tooManyActiveImports',
        'Your import request cannot be accepted as too many imports are being processed for your account. Wait for an import to complete and then resubmit.',
    );
