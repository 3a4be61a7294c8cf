import fc from 'fast-check';
import should from 'should';
import { type Embedded, startEmbedded } from '../tools/embedded';
import { type Plan, plans } from './acts';
import { restoreClock, takeClock } from './clock';
import { addsUp } from './mirror';
import { SmallWorld } from './small-world';

/** `ORDER_SEED` repeats a run of this test, `ORDER_RUNS` makes it longer or shorter, `ORDER_PATH` repeats one world of it. */
const SEED = Number(process.env['ORDER_SEED'] ?? 20_261_124);
const RUNS = Number(process.env['ORDER_RUNS'] ?? 40);
const PATH = process.env['ORDER_PATH'];

/** Nothing that has to be waited for. */
const LIMITS = {
    singly: 5,
    pollAfter: [1, 5, 10],
    gather: 20,
    grace: 100,
    slotWait: 20,
    requestTimeout: 250,
    retry: { attempts: 2, firstWait: 10, longestWait: 20 },
};

describe('the mirror in any small world', () => {
    let nodeRed: Embedded;

    before(async () => {
        takeClock();
        nodeRed = await startEmbedded({ settings: { oroDotdigitalLimits: LIMITS } });
    });

    after(async () => {
        await nodeRed.stop();
        restoreClock();
    });

    it(`agrees with Oro after one quiet run, whatever happened between any two steps (seed ${SEED}, ${RUNS} worlds)`, async function () {
        this.timeout(RUNS * 30_000);
        await fc.assert(
            fc.asyncProperty(plans, (plan) => agrees(plan, nodeRed)),
            { seed: SEED, numRuns: RUNS, ...(PATH === undefined ? {} : { path: PATH }) },
        );
    });
});

async function agrees(plan: Plan, nodeRed: Embedded): Promise<void> {
    const world = await SmallWorld.of(plan, nodeRed, LIMITS);
    try {
        await world.play();
        const summary = await world.quietRun();
        await holds(world, summary);
        const before = writes(world);
        const next = await world.quietRun();
        should({ batches: next.batches, joined: next.joined, changed: next.changed, writes: writes(world) }).deepEqual({
            batches: 0,
            joined: 0,
            changed: 0,
            writes: before,
        });
        await holds(world, next);
    } catch (error) {
        const { message, actual, expected } = error as { message: string; actual?: unknown; expected?: unknown };
        const difference = `found ${JSON.stringify(actual)}\nexpected ${JSON.stringify(expected)}`;
        throw new Error(`${message}\n${difference}\n${world.story.join('\n')}`);
    } finally {
        await world.end();
    }
}

/** Both sides are equal, and nobody was harmed. */
async function holds(world: SmallWorld, summary: Parameters<typeof addsUp>[0]): Promise<void> {
    const { people, sandbox, unnoticed } = world;
    should({ error: summary.error, complete: summary.complete }).deepEqual({ error: null, complete: true });
    addsUp(summary);
    const list = await people.onList();
    const { must, may } = await people.wanted();
    const allowed = new Set(['by-hand@example.com', ...[...must, ...may].map(({ email }) => email)]);
    should([...list.keys()].filter((email) => !allowed.has(email))).deepEqual(
        [],
        'nobody is on the list who does not belong there',
    );
    should(list.has('by-hand@example.com')).equal(true, 'who was put on the list by hand stays');
    const found = must.map(({ email }) => {
        const { FIRSTNAME: firstName, LASTNAME: lastName } = list.get(email)?.dataFields ?? {};
        return { email, firstName, lastName };
    });
    should(found).deepEqual(must, 'everybody who belongs on the list is there, as the newest record says');
    const { members, optedOut, duplicates, unconfirmed, rejected } = summary;
    should({ members, optedOut, duplicates, unconfirmed, rejected }).deepEqual(
        { ...people.counted(), unconfirmed: 0, rejected: 0 },
        'the summary counts everybody',
    );
    const report = sandbox.report();
    should(report.resubscribed).deepEqual([], 'nobody is subscribed again');
    const again = report.listResubscribed.map(({ email }) => email.trim().toLowerCase()).filter((email) => !unnoticed.has(email));
    should(again).deepEqual([], 'nobody is put back on the list who had unsubscribed from it');
    should(report.deleted).equal(0, 'nobody is deleted');
    should(report.statusSent).equal(0, 'no subscription status is sent');
}

/** How often something was written to Dotdigital. */
function writes(world: SmallWorld): Record<string, number> {
    const { requests } = world.sandbox.report();
    return Object.fromEntries(
        Object.entries(requests).filter(
            ([name]) => !name.startsWith('GET ') && !name.includes('/oauth2') && !name.includes('/admin'),
        ),
    );
}
