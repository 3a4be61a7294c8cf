import fc from 'fast-check';

/** Something that happens in the small world: at rest, or `after` so many steps of a run that is going on. */
export type Act = { readonly after: number } & Deed;

/** What can happen. `who` is a customer user, `address` the number of an address. */
export type Deed =
    | { readonly do: 'run' }
    | { readonly do: 'rename'; readonly who: number }
    | { readonly do: 'move'; readonly who: number; readonly address: number; readonly loud: boolean }
    | { readonly do: 'swap'; readonly who: number; readonly other: number }
    | { readonly do: 'join'; readonly who: number }
    | { readonly do: 'leave'; readonly who: number }
    | { readonly do: 'optOut'; readonly who: number }
    | { readonly do: 'optIn'; readonly who: number }
    | { readonly do: 'hide'; readonly who: number }
    | { readonly do: 'show'; readonly who: number }
    | { readonly do: 'unsubscribe'; readonly address: number }
    | { readonly do: 'unsubscribeFromList'; readonly address: number }
    | { readonly do: 'finish'; readonly which: number; readonly fails: boolean }
    | { readonly do: 'fault'; readonly fate: 'cut' | 'hang' | 'unavailable'; readonly handled: boolean; readonly write: boolean }
    | { readonly do: 'kill' }
    | { readonly do: 'redeploy'; readonly type: 'full' | 'nodes' }
    | { readonly do: 'wait' };

/** A small world and what happens in it. */
export interface Plan {
    /** Number of the address that each customer user has at the beginning; as many people as there are numbers. */
    readonly people: readonly number[];
    /** Who is no member at the beginning. */
    readonly outside: number;
    /** Single calls instead of imports. */
    readonly singly: boolean;
    /** Bulk removals take time. */
    readonly heldRemovals: boolean;
    /** Imports that nobody ended are ended the newest first. */
    readonly newestFirst: boolean;
    readonly acts: readonly Act[];
}

/** How many addresses there are. */
export const ADDRESSES = 4;
const MOST_PEOPLE = 6;

const who = fc.integer({ min: 1, max: MOST_PEOPLE });
const address = fc.integer({ min: 1, max: ADDRESSES });

const deed: fc.Arbitrary<Deed> = fc.oneof(
    { weight: 8, arbitrary: fc.record({ do: fc.constant('run' as const) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('rename' as const), who }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('move' as const), who, address, loud: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('swap' as const), who, other: who }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('join' as const), who }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('leave' as const), who }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('optOut' as const), who }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('optIn' as const), who }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('hide' as const), who }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('show' as const), who }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('unsubscribe' as const), address }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('unsubscribeFromList' as const), address }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('finish' as const), which: fc.nat(3), fails: fc.boolean() }) },
    {
        weight: 4,
        arbitrary: fc.record({
            do: fc.constant('fault' as const),
            fate: fc.constantFrom('cut' as const, 'hang' as const, 'unavailable' as const),
            handled: fc.boolean(),
            write: fc.boolean(),
        }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('kill' as const) }) },
    {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant('redeploy' as const), type: fc.constantFrom('full' as const, 'nodes' as const) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const) }) },
);

const act: fc.Arbitrary<Act> = fc.tuple(fc.oneof(fc.nat(4), fc.nat(40)), deed).map(([after, what]): Act => ({ after, ...what }));

/** Any small world: two to six people, up to four addresses. */
export const plans: fc.Arbitrary<Plan> = fc.record({
    people: fc.array(address, { minLength: 2, maxLength: MOST_PEOPLE }),
    outside: who,
    singly: fc.boolean(),
    heldRemovals: fc.boolean(),
    newestFirst: fc.boolean(),
    acts: fc.array(act, { minLength: 1, maxLength: 16 }),
});
