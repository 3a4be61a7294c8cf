import { randomUUID } from 'node:crypto';
import type { SandboxAnswer, SandboxRequest } from '../service';
import type { AccountState, Timed } from './account-state';
import { Refusal, v3Error } from './answers';
import { isRecord } from './contact-body';
import { type Desk, type Resource, route, v3Body } from './route';

const MAX_CONTACTS = 5000;
const MAX_STORED_ANSWERS = 100;

/** Bulk deletion of contacts (Dotdigital API, POST /contacts/v3/delete); a job is done before it is first asked about. */
export const deletions: Resource = {
    routes: [
        route('POST', '/contacts/v3/delete', 'low', start),
        route('GET', '/contacts/v3/delete/{part}', 'unlimited', (desk, _request, id = '') => {
            const job = desk.account.deletions.get(id);
            if (!job)
                throw new Refusal(v3Error(404, 'contacts:importNotFound', `The deletion request '${id}' could not be found!`));
            return { status: 200, body: job.answer };
        }),
    ],
    operations: {
        deletionDone: (account: AccountState, { id, answer }: Timed & { id: string; answer: Record<string, unknown> }) => {
            account.deletions.set(id, { id, answer });
            for (const old of [...account.deletions.keys()].slice(0, -MAX_STORED_ANSWERS)) account.deletions.delete(old);
        },
    },
};

function start(desk: Desk, request: SandboxRequest): SandboxAnswer {
    const body = v3Body(request);
    if (!Array.isArray(body) || body.length === 0)
        throw new Refusal(v3Error(400, 'contacts:noContactsSpecified', 'You must specify 1 or more contacts to be deleted!'));
    if (body.length > MAX_CONTACTS) throw new Refusal(v3Error(400, 'contacts:badRequest', `At most ${MAX_CONTACTS} contacts`));
    const deleteId = randomUUID();
    const deleted: unknown[] = [];
    const failures: unknown[] = [];
    for (const reference of body) {
        const [identifier = '', value = ''] = isRecord(reference) ? (Object.entries(reference)[0] ?? []) : [];
        const contact = desk.account.contacts.find(identifier, String(value));
        if (contact && !contact.binned) {
            desk.commit('delete', { contactId: contact.id, counted: true });
            deleted.push(reference);
        } else {
            const reason = { failureCode: 'contactNotFound', description: 'The contact could not be found' };
            failures.push({ identifier: reference, failures: [reason] });
        }
    }
    const summary = {
        requestedContacts: body.length,
        deletedContacts: deleted.length,
        unknownContacts: failures.length,
        invalidEntries: 0,
    };
    desk.commit('deletionDone', { id: deleteId, answer: { deleteId, status: 'Finished', summary, deleted, failures } });
    return { status: 202, body: { deleteId } };
}
