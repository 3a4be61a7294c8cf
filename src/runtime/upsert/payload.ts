import type { ImportContact } from '../../dotdigital/contacts';
import { type Desk, listsToJoin } from './desk';
import type { Work } from './work';

/**
 * A contact as an import takes it. A subscription status is never part of it: for an existing contact it could subscribe
 * somebody again, and a new one is subscribed by default.
 */
export function importContact(desk: Desk, work: Work): ImportContact {
    const { identifiers, dataFields } = work.contact;
    const lists = listsToJoin(desk, work);
    return {
        matchIdentifier: matchIdentifier(work),
        identifiers: work.matchById ? { contactId: work.contactId, ...identifiers } : identifiers,
        ...(Object.keys(dataFields).length === 0 ? {} : { dataFields }),
        ...(desk.optInType === '' || work.exists ? {} : { channelProperties: { email: { optInType: desk.optInType } } }),
        ...(lists.length === 0 ? {} : { lists }),
    };
}

/** Identifier by which an existing contact is found. */
export function matchIdentifier(work: Work): string {
    if (work.matchById) return 'contactId';
    const names = Object.keys(work.contact.identifiers);
    return names.includes('email') ? 'email' : (names[0] ?? 'email');
}
