import should from 'should';
import { addressOf, nobodyHarmed } from '../consent/people';
import { type Mirror, type MirrorOptions, startMirror } from '../mirror/mirror';

/** More people than come with one request when their phones come along, so that the last are far from the first. */
const MANY: MirrorOptions = {
    sandbox: { size: 1300 },
    reader: { batchSize: 100, inFlight: 20 },
    upsert: {
        mapping: [
            { from: 'firstName', fromType: 'record', to: 'FIRSTNAME', toType: 'String' },
            { from: 'phone', fromType: 'record', to: 'MOBILE', toType: 'String' },
        ],
    },
    limits: { importSize: 100 },
};
const NEAR = { name: 'in one page', options: { sandbox: { size: 40 } }, last: 39 } as const;
const FAR = { name: 'far apart', options: MANY, last: 1299 } as const;

for (const { name, options, last } of [NEAR, FAR]) {
    describe(`Two records with one address, ${name}`, () => {
        let mirror: Mirror;
        let members: number;
        let duplicates: number;

        afterEach(async () => {
            nobodyHarmed(mirror);
            await mirror.stop();
        });

        async function start(upsert: Record<string, unknown> = {}): Promise<void> {
            mirror = await startMirror({ ...options, upsert: { ...('upsert' in options ? options.upsert : {}), ...upsert } });
            const { main } = (await (await fetch(`${mirror.sandbox.oroUrl}/sandbox/seed`)).json()) as {
                main: { members: number; duplicates: number };
            };
            members = main.members;
            duplicates = main.duplicates;
        }

        async function firstName(email = 'shared@example.com'): Promise<unknown> {
            return (await mirror.contact(email))?.dataFields['FIRSTNAME'];
        }

        /** Both get the address; the second one named changes last. */
        async function share(older: number, newer: number): Promise<void> {
            await mirror.change(older, { email: 'shared@example.com', firstName: 'Older' });
            await mirror.change(newer, { email: ' Shared@Example.COM ', firstName: 'Newer' });
        }

        for (const mergeOption of ['overwrite', 'overwriteIfNotEmpty', 'overwriteIfEmpty']) {
            it(`are one contact, with what the newer one says: the newer one comes last (${mergeOption})`, async () => {
                await start({ mergeOption });
                await share(1, last);
                should(await mirror.cleanRun()).match({ members, duplicates: duplicates + 1 });
                should(await firstName()).equal('Newer');
                should(await mirror.cleanRun()).match({ duplicates: duplicates + 1, batches: 0 });
            });

            it(`are one contact, with what the newer one says: the newer one comes first (${mergeOption})`, async () => {
                await start({ mergeOption });
                await share(last, 1);
                should(await mirror.cleanRun()).match({ members, duplicates: duplicates + 1 });
                should(await firstName()).equal('Newer');
                should(await mirror.cleanRun()).match({ duplicates: duplicates + 1, batches: 0 });
            });
        }

        it('that changed in the same second: the higher id speaks', async () => {
            await start();
            const change = [1, last].map((id) => ({
                type: 'customerusers',
                id: String(id),
                attributes: { email: 'shared@example.com', firstName: `Number ${id}` },
            }));
            await mirror.control({ oro: { change } });
            should(await mirror.cleanRun()).match({ duplicates: duplicates + 1 });
            should(await firstName()).equal(`Number ${last}`);
        });

        it('change places when the older one changes', async () => {
            await start();
            await share(1, last);
            const { inList } = await mirror.cleanRun();
            await mirror.change(1, { firstName: 'Newest' });
            should(await mirror.cleanRun()).match({ duplicates: duplicates + 1, inList });
            should(await firstName()).equal('Newest');
            should(await mirror.cleanRun()).match({ duplicates: duplicates + 1, inList, batches: 0 });
        });

        it('stay on the list when the newer one leaves, and the other one speaks', async () => {
            await start();
            await share(1, last);
            const { inList } = await mirror.cleanRun();
            const before = await mirror.contact('shared@example.com');
            await mirror.control({ oro: { leave: [last] } });
            should(await mirror.cleanRun()).match({ members: members - 1, duplicates, left: 0, inList });
            (await mirror.addresses()).should.containEql('shared@example.com');
            should(await firstName()).equal('Older');
            should((await mirror.contact('shared@example.com'))?.contactId).equal(before?.contactId);
        });

        it('stay on the list when the older one leaves', async () => {
            await start();
            await share(1, last);
            const { inList } = await mirror.cleanRun();
            await mirror.control({ oro: { leave: [1] } });
            should(await mirror.cleanRun()).match({ members: members - 1, duplicates, left: 0, inList, batches: 0 });
            (await mirror.addresses()).should.containEql('shared@example.com');
            should(await firstName()).equal('Newer');
        });

        it('leave the list when both leave', async () => {
            await start();
            await share(1, last);
            await mirror.cleanRun();
            await mirror.control({ oro: { leave: [1, last] } });
            should(await mirror.cleanRun()).match({ members: members - 2, duplicates, left: 1 });
            (await mirror.addresses()).should.not.containEql('shared@example.com');
        });

        it('become two contacts when the newer one gets an address of its own', async () => {
            await start();
            await share(1, last);
            const { inList } = await mirror.cleanRun();
            await mirror.change(last, { email: 'own@example.com' });
            should(await mirror.cleanRun()).match({ members, duplicates, inList: inList + 1 });
            should(await firstName()).equal('Older');
            should(await firstName('own@example.com')).equal('Newer');
            const addresses = await mirror.addresses();
            addresses.should.containEql('shared@example.com');
            addresses.should.containEql('own@example.com');
        });

        it('become one when somebody takes the address of another one, whose own contact leaves the list', async () => {
            await start();
            const { inList } = await mirror.cleanRun();
            await mirror.change(last, { email: addressOf(1), firstName: 'Newer' });
            should(await mirror.cleanRun()).match({ duplicates: duplicates + 1, inList: inList - 1, left: 1 });
            should(await firstName(addressOf(1))).equal('Newer');
            (await mirror.addresses()).should.not.containEql(addressOf(last));
        });

        it('are counted once when both changed in the same run', async () => {
            await start();
            const { inList } = await mirror.cleanRun();
            await mirror.change(1, { firstName: 'Older' });
            await mirror.change(last, { email: addressOf(1), firstName: 'Newer' });
            should(await mirror.cleanRun()).match({ members, duplicates: duplicates + 1, inList: inList - 1, left: 1 });
            should(await firstName(addressOf(1))).equal('Newer');
            should(await mirror.cleanRun()).match({ duplicates: duplicates + 1, inList: inList - 1, batches: 0 });
        });

        it('lose nobody when the newer one was never written and then leaves', async () => {
            await start();
            await share(1, last);
            await mirror.control({ imports: 'hold' });
            mirror.begin();
            await mirror.until('held imports', ({ imports }) => imports.some((each) => each.status === 'NotFinished'));
            // Whatever is started fails, the import with the newer record among them.
            await mirror.control({ finish: 'all', status: 'Failed' });
            await mirror.control({ imports: 'auto', importFaults: [] });
            await mirror.summary();
            await mirror.control({ oro: { leave: [last] } });
            await mirror.cleanRun();
            should(await mirror.cleanRun()).match({ members: members - 1, duplicates, batches: 0 });
            should(await firstName()).equal('Older');
            (await mirror.addresses()).should.containEql('shared@example.com');
        });
    });
}
