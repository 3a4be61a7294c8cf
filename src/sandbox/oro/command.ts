import type { RecordChange } from './events';
import type { RecordId } from './records';
import type { Settings } from './world';

/** People or other records of a list: so many that the sandbox chooses, or these. */
export type Some = number | readonly number[];

/**
 * The part of a control command that the sandbox's Oro obeys. Numbers choose people that nothing is wrong with: those who
 * change from the front, those who leave from the back of the list, those who join among the people that do not match it yet.
 * The answer names them: `{joined, left, changed, optedOut, resubscribed, takenOff, putBack}`, each an array of ids.
 * Dynamic and static lists show who joined and left after their next refresh, as in Oro.
 */
export interface OroCommand extends Partial<Settings> {
    /** Id of the marketing list that the command is about; default 1, the newsletter. */
    readonly list?: number;
    /** Match the list's conditions from now on (a manual list: are put on it). */
    readonly join?: Some;
    /** Match them no longer. */
    readonly leave?: Some;
    /** So many members get another last name, or these records these attributes (or relationships, by id). `updatedAt` moves along. */
    readonly change?: Some | readonly RecordChange[];
    /** Get an unsubscribed item on the list. */
    readonly optOut?: Some;
    /** Lose it. */
    readonly resubscribe?: readonly number[];
    /** Get a removed item on the list, as by hand in Oro. */
    readonly takeOff?: Some;
    /** Lose it. */
    readonly putBack?: readonly number[];
    /** Are deleted. */
    readonly remove?: readonly RecordId[];
    /** Exist but are not returned: another organisation's, or no right. */
    readonly hide?: readonly RecordId[];
    /** Are returned again. */
    readonly show?: readonly RecordId[];
    /** An administrator takes an attribute away. */
    readonly removeAttribute?: { readonly type: string; readonly name: string };
    readonly restoreAttribute?: { readonly type: string; readonly name: string };
    /** Resource types that the role may not see: 403. */
    readonly deny?: readonly string[];
    readonly allow?: readonly string[];
    /** Every token that was given out is worthless from now on. */
    readonly expireTokens?: boolean;
    /** Segments whose members somebody in Oro stores anew. */
    readonly rebuild?: readonly number[];
}

/** Every command there is. */
export const COMMANDS: Readonly<Record<keyof OroCommand, true>> = {
    list: true,
    join: true,
    leave: true,
    change: true,
    optOut: true,
    resubscribe: true,
    takeOff: true,
    putBack: true,
    remove: true,
    hide: true,
    show: true,
    removeAttribute: true,
    restoreAttribute: true,
    deny: true,
    allow: true,
    expireTokens: true,
    rebuild: true,
    webApi: true,
    maintenance: true,
    stagingPassword: true,
    stock: true,
    audienceFile: true,
    tokenLifetime: true,
};
