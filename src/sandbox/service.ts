/** One request as a service of the sandbox sees it: already read to its end, faults and counting done. */
export interface SandboxRequest {
    readonly method: string;
    /** As it was sent (percent-encoded), without the query. */
    readonly path: string;
    readonly query: URLSearchParams;
    /** Names in lower case; `host` is there, absolute links are made from it (`http://${host}/…`). */
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Buffer;
}

/** What a service answers. An object or array goes out as JSON, a string or Buffer as it is, `undefined` as an empty body. */
export interface SandboxAnswer {
    readonly status: number;
    /** `content-type` defaults to `application/json` for JSON values and `text/plain` for strings. */
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    /** How many records are in the answer, for the delay per record. */
    readonly records?: number;
    /** Why it was refused, for the report's `refused`; taken from the body where absent. */
    readonly why?: string;
}

/** One line of the journal. `kind` begins with the service: `oro.joined`, `dotdigital.patch`. */
export type SandboxEvent = { readonly kind: string } & Record<string, unknown>;

/** What the core gives to both services. */
export interface SandboxContext {
    /** People generated for Oro. */
    readonly size: number;
    /** Seed of everything that is generated; the same seed and size give the same people. */
    readonly seed: number;
    /** Random when the state was created and kept with it: another state is another account and organisation. */
    readonly accountId: number;
    readonly organizationId: number;
    /** The sandbox's clock: runs with the real one, moved by the `clock` command. During a replay: the time of the event. */
    now(): Date;
    /** Writes the event durably before it returns. The core adds `at` (ISO, ms, the sandbox's clock) if it is not there. Does nothing in a replay. */
    journal(event: SandboxEvent): void;
}

/** One of the two services. */
export interface SandboxService {
    /** Answers one request; paths below `/sandbox/` never reach it. May be asynchronous, but must not give way between journal and change. */
    handle(request: SandboxRequest): Promise<SandboxAnswer> | SandboxAnswer;
    /** Obeys the part of a control command that is under the service's own key (`oro`, `dotdigital`); what it returns is answered under that key. */
    control(command: Record<string, unknown>): unknown;
    /** Applies one event of the journal again. Only events whose kind begins with the service's own name come here, with `at`. */
    replay(event: SandboxEvent & { readonly at: string }): void;
    /** The service's part of the report; must not cost time that grows with the number of people. */
    report(): Record<string, unknown>;
    /** Events that rebuild the present state, for compaction of the journal. Without it the service's events are kept as they are. */
    snapshot?(): Iterable<SandboxEvent>;
}

/** A person as Dotdigital's seed needs to know them. */
export interface SeedPerson {
    readonly id: number;
    readonly email: string;
    readonly firstName: string;
    readonly lastName: string;
}

/** What the core asks of the sandbox's Oro beyond the service itself. */
export interface OroSandbox {
    /**
     * The first `count` members of the main list that nothing is wrong with (address valid and nobody else's, not opted out, not
     * removed) as they were generated, before any change: some of them are already known to Dotdigital when the sandbox starts.
     */
    people(count: number): SeedPerson[];
    /** What is known about the generated people: `{main: {members, withoutEmail, duplicates, optedOut, removed, invalid}, …}`. */
    seed(): Record<string, unknown> & { readonly main: Record<string, unknown> };
}

/** Options of the sandbox's Oro. */
export interface OroServiceOptions {
    /** A stock Oro does not expose marketing lists. */
    readonly stock: boolean;
}
