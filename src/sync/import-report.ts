/** A contact that an import created or updated. */
export interface ReportedContact {
    readonly contactId: number;
    readonly identifiers: Readonly<Record<string, string>>;
}

/** A contact that an import refused, in whole or in part. */
export interface ReportedFailure {
    readonly contactId?: number;
    readonly identifiers: Readonly<Record<string, string>>;
    readonly failures: readonly { readonly code: string; readonly description: string }[];
}

/** The report of a finished import. */
export interface ImportReport {
    readonly created: readonly ReportedContact[];
    readonly updated: readonly ReportedContact[];
    readonly failures: readonly ReportedFailure[];
}

/** What an import did with one contact. */
export interface ImportOutcome {
    /** 0 when it was not written. */
    readonly contactId: number;
    readonly created: boolean;
    readonly failures: readonly { readonly code: string; readonly description: string }[];
}

/** Codes by which Dotdigital says that a person is suppressed, in lower case (Dotdigital, "Get import status"). */
const SUPPRESSED: ReadonlySet<string> = new Set([
    'globallysuppressed',
    'suppressedbydomain',
    'blocker',
    'blocked',
    'unsubscribed',
    'hardbounced',
]);

/** True for a failure that is the person's suppression and not a fault of the record. */
export function isSuppression(code: string): boolean {
    return SUPPRESSED.has(code.toLowerCase());
}

/** Finds what an import did with each contact, by the contact's id or by its identifiers, whatever the case of an address. */
export class ImportIndex {
    private readonly outcomes = new Map<string, ImportOutcome>();

    constructor(report: ImportReport) {
        for (const contact of report.created)
            this.add(contact.contactId, contact.identifiers, { contactId: contact.contactId, created: true, failures: [] });
        for (const contact of report.updated)
            this.add(contact.contactId, contact.identifiers, { contactId: contact.contactId, created: false, failures: [] });
        // A contact may be written and still be among the failures, when something that belongs to it was not taken.
        for (const failure of report.failures) this.addFailure(failure);
    }

    /** @param identifiers as they were sent */
    of(contactId: number, identifiers: Readonly<Record<string, string | number>>): ImportOutcome | undefined {
        const keys = keysOf(contactId, identifiers);
        for (const key of keys) {
            const found = this.outcomes.get(key);
            if (found !== undefined) return found;
        }
        return undefined;
    }

    /** Every outcome once, with the addresses it is known by. */
    *entries(): Generator<[string, ImportOutcome]> {
        yield* this.outcomes.entries();
    }

    private add(contactId: number, identifiers: Readonly<Record<string, string>>, outcome: ImportOutcome): void {
        for (const key of keysOf(contactId, identifiers)) this.outcomes.set(key, outcome);
    }

    private addFailure(failure: ReportedFailure): void {
        const keys = keysOf(failure.contactId ?? 0, failure.identifiers);
        const written = keys.map((key) => this.outcomes.get(key)).find((outcome) => outcome !== undefined);
        const failures = [...(written?.failures ?? []), ...failure.failures];
        const outcome = { contactId: written?.contactId ?? 0, created: written?.created ?? false, failures };
        for (const key of keys) this.outcomes.set(key, outcome);
    }
}

function keysOf(contactId: number, identifiers: Readonly<Record<string, string | number>>): string[] {
    const keys = Object.entries(identifiers)
        .filter(([name, value]) => name !== 'contactId' && value !== '')
        .map(([name, value]) => `${name.toLowerCase()}:${String(value).trim().toLowerCase()}`);
    const id = contactId !== 0 ? contactId : Number(identifiers['contactId'] ?? 0);
    if (id !== 0) keys.unshift(`contactid:${id}`);
    return keys;
}
