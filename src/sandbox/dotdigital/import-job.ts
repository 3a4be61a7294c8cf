import type { AccountState } from './account-state';
import { addressKey } from './contact';
import type { ContactBody } from './contact-body';
import { planWrite, type WriteProblem } from './contact-plan';
import { identifiersOf } from './contact-view';
import { type MergeOption, performWrite, sendsStatus } from './contact-write';

export type ImportOutcome = 'Finished' | 'Failed' | 'RejectedByWatchdog' | 'ExceedsAllowedContactLimit';

/** One contact of an import. */
export interface ImportedBody extends ContactBody {
    readonly matchIdentifier: string;
}

/** A fault that a control command asked for, for the contact with this address. */
export interface ImportFault {
    readonly email: string;
    readonly code: string;
    readonly description: string;
    /** Whether the contact is written nevertheless. */
    readonly written?: boolean;
    readonly times?: number;
}

/** An import from its acceptance on. It takes effect when it finishes. */
export interface ImportJob {
    readonly id: string;
    readonly size: number;
    readonly mergeOption: MergeOption;
    /** Milliseconds since 1970. */
    readonly acceptedAt: number;
    /** null once it has ended. */
    contacts: readonly ImportedBody[] | null;
    status: 'NotFinished' | ImportOutcome;
    /** The finished answer as JSON text; null until then. */
    answer: Buffer | null;
}

interface Reported {
    readonly contactId?: number;
    readonly matchIdentifier: string;
    readonly identifiers: Readonly<Record<string, string>>;
    readonly failures: readonly { readonly failureCode: string; readonly description: string }[];
}

const INVALID = /^(invalid|noValid|apiSchema)/i;

/** Ends an import: writes its contacts if it finished, and keeps its report. */
export function endImport(
    account: AccountState,
    job: ImportJob,
    outcome: ImportOutcome,
    faults: readonly ImportFault[],
    at: number,
): void {
    const created: unknown[] = [];
    const updated: unknown[] = [];
    const failures: Reported[] = [];
    const summary = { newContacts: 0, updatedContacts: 0, globallySuppressed: 0, invalidEntries: 0, duplicateIdentifiers: 0 };
    const faultsByAddress = new Map(faults.map((fault) => [addressKey(fault.email), fault]));
    const seen = new Set<string>();

    for (const body of (outcome === 'Finished' && job.contacts) || []) {
        const { matchIdentifier } = body;
        const identifiers = textsOf(body.identifiers ?? {});
        const value = identifiers[matchIdentifier];
        const plan = planWrite(account, matchIdentifier, value ?? '', body);
        const problems = value === undefined ? [noIdentifier(matchIdentifier)] : [...plan.problems];
        const key = `${matchIdentifier}:${addressKey(value ?? '')}`;
        if (seen.has(key)) problems.push(duplicate(matchIdentifier, value ?? ''));
        const fault = faultsByAddress.get(addressKey(identifiers['email'] ?? ''));
        if (fault) problems.push({ ...fault, item: 'email', fatal: !fault.written });
        const fatal = problems.some((problem) => problem.fatal);
        let contactId = plan.contact?.id;
        if (!fatal) {
            seen.add(key);
            const { contact, created: isNew } = performWrite(account, plan, job.mergeOption, at);
            contactId = contact.id;
            (isNew ? created : updated).push({ contactId, identifiers: identifiersOf(account, contact) });
        }
        if (problems.length) {
            const reported = problems.map(({ code, description }) => ({ failureCode: code, description }));
            failures.push({ ...(contactId !== undefined && { contactId }), matchIdentifier, identifiers, failures: reported });
            if (fatal) countProblems(summary, problems);
        }
    }
    if (outcome === 'Finished' && job.contacts?.some(sendsStatus)) account.statusSent++;
    summary.newContacts = created.length;
    summary.updatedContacts = updated.length;
    job.answer = Buffer.from(JSON.stringify({ importId: job.id, status: outcome, summary, created, updated, failures }));
    job.status = outcome;
    job.contacts = null;
}

/** What was not written is counted under one cause. */
function countProblems(
    summary: { globallySuppressed: number; invalidEntries: number; duplicateIdentifiers: number },
    problems: readonly WriteProblem[],
): void {
    const codes = problems.map(({ code }) => code.toLowerCase());
    if (codes.includes('duplicateidentifier')) summary.duplicateIdentifiers++;
    else if (codes.includes('globallysuppressed')) summary.globallySuppressed++;
    else if (codes.some((code) => INVALID.test(code))) summary.invalidEntries++;
}

function textsOf(identifiers: Readonly<Record<string, string | number | null>>): Record<string, string> {
    const texts: Record<string, string> = {};
    for (const [name, value] of Object.entries(identifiers)) if (value !== null) texts[name] = String(value);
    return texts;
}

const noIdentifier = (name: string): WriteProblem => ({
    code: 'noValidIdentifiers',
    item: name,
    description: `The identifier '${name}' has no value`,
    fatal: true,
});

const duplicate = (name: string, value: string): WriteProblem => ({
    code: 'duplicateIdentifier',
    item: name,
    description: `Duplicate identifier detected for ${name} '${value}'`,
    fatal: true,
});
