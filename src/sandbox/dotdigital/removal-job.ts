/** A bulk removal from a list, from its start on. It takes effect when it is completed. */
export interface RemovalJob {
    readonly id: string;
    readonly listId: number;
    readonly contactIds: readonly number[];
    /** Milliseconds since 1970. */
    readonly startedAt: number;
    status: 'Started' | 'Completed' | 'Failed';
}
