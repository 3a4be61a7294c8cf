import should from 'should';
import type { Summary } from '../../src/sync/summary';
import { addsUp, probeNode, readerNode } from '../mirror/mirror';
import { EVERYBODY, everybodyIsIn, nothingIsLeftToSend, Stage } from './stage';

const STATUS = 'GET /contacts/v3/import/{id}';

describe('A run whose process was killed goes on after the start and brings everybody in', () => {
    let stage: Stage;
    before(async () => {
        stage = await Stage.open();
    });
    after(() => stage.close());

    it('while it signed in', async () => {
        await stage.play();
        await stage.sandbox.control({ faults: [{ service: 'oro', path: '/userprofile', kind: 'hang' }] });
        await stage.start();
        await stage.until('the question who signed in', ({ requests }) => requests['GET /admin/api/userprofile'] === 1);
        await stage.crash();
        await everybodyIsIn(stage, await stage.summary());
        await stage.everybodyWasSentOnce();
    });

    it('while it read', async () => {
        await stage.play();
        await stage.sandbox.control({ faults: [{ service: 'oro', method: 'POST', path: '/api/customerusers', kind: 'hang' }] });
        await stage.start();
        await stage.until('the reading', ({ requests }) => (requests['POST /admin/api/customerusers'] ?? 0) > 0);
        await stage.crash();
        await everybodyIsIn(stage, await stage.summary());
        await stage.everybodyWasSentOnce();
    });

    it('before an import was taken', async () => {
        await stage.play();
        await stage.sandbox.control({
            faults: [{ service: 'dotdigital', method: 'PUT', path: '/import', kind: 'hang', times: 20 }],
        });
        await stage.start();
        await stage.until('an import', ({ requests }) => (requests['PUT /contacts/v3/import'] ?? 0) >= 5);
        await stage.nodeRed.kill();
        await stage.sandbox.control({ clearFaults: true });
        await stage.nodeRed.restart();
        await everybodyIsIn(stage, await stage.summary());
        await stage.everybodyWasSentOnce();
        await nothingIsLeftToSend(stage);
    });

    it('between an import and its answer', async () => {
        await stage.play();
        await stage.sandbox.control({
            faults: [{ service: 'dotdigital', method: 'PUT', path: '/import', kind: 'hangAfter', skip: 2, times: 20 }],
        });
        await stage.start();
        await stage.until('the imports', ({ requests }) => (requests['PUT /contacts/v3/import'] ?? 0) >= 5);
        const { imports } = await stage.sandbox.report();
        const unanswered = imports.slice(2).reduce((sum, each) => sum + each.contacts, 0);
        await stage.nodeRed.kill();
        await stage.sandbox.control({ clearFaults: true });
        await stage.nodeRed.restart();
        await everybodyIsIn(stage, await stage.summary());
        await stage.everybodyWasSentOnce(unanswered);
        await nothingIsLeftToSend(stage);
    });

    it('while imports ran, which ended after the start', async () => {
        await stage.play();
        await stage.sandbox.control({ imports: 'hold' });
        await stage.start();
        await importsRun();
        await stage.crash();
        await stage.nodeRed.untilStatus('reader', /import is checked/);
        await stage.sandbox.control({ imports: 'auto', finish: 'all' });
        await everybodyIsIn(stage, await stage.summary());
        await stage.everybodyWasSentOnce();
        await nothingIsLeftToSend(stage);
    });

    it('while imports ran, which ended before the start', async () => {
        await stage.play();
        await stage.sandbox.control({ imports: 'hold' });
        await stage.start();
        await importsRun();
        await stage.nodeRed.kill();
        await stage.sandbox.control({ imports: 'auto', finish: 'all' });
        await stage.nodeRed.restart();
        await everybodyIsIn(stage, await stage.summary());
        await stage.everybodyWasSentOnce();
    });

    it('while imports ran, of which some failed before the start', async () => {
        await stage.play();
        await stage.sandbox.control({ imports: 'hold' });
        await stage.start();
        await importsRun();
        await stage.nodeRed.kill();
        await stage.sandbox.control({ finish: 'next', status: 'Failed' });
        await stage.sandbox.control({ finish: 'next', status: 'RejectedByWatchdog' });
        await stage.sandbox.control({ imports: 'auto', finish: 'all' });
        const { imports } = await stage.sandbox.report();
        const failed = imports.filter(({ status }) => status !== 'Finished').reduce((sum, each) => sum + each.contacts, 0);
        await stage.nodeRed.restart();
        await everybodyIsIn(stage, await stage.summary());
        failed.should.be.above(500);
        await stage.everybodyWasSentOnce(failed);
    });

    it('after imports had ended and before their reports arrived', async () => {
        await stage.play();
        await stage.sandbox.control({
            faults: [{ service: 'dotdigital', path: '/contacts/v3/import/', kind: 'hangAfter', times: 100 }],
        });
        await stage.start();
        await stage.until('the reports', ({ imports }) => imports.filter(({ status }) => status === 'Finished').length === 5);
        await stage.nodeRed.kill();
        await stage.sandbox.control({ clearFaults: true });
        await stage.nodeRed.restart();
        await everybodyIsIn(stage, await stage.summary());
        await stage.everybodyWasSentOnce();
    });

    it('after the reports had arrived and before anything was confirmed', async () => {
        await stage.play({
            upsert: { wires: [['held'], ['rejected']] },
            more: [{ id: 'held', type: 'probe', z: 'tab', hold: true, wires: [['accepted']] }],
        });
        const before = stage.nodeRed.messages('held').length;
        await stage.start();
        await stage.nodeRed.until('the batches', () => stage.nodeRed.messages('held').length === before + 11);
        await stage.crash();
        const letPass = setInterval(() => void stage.nodeRed.release('held'), 50);
        await everybodyIsIn(stage, await stage.summary().finally(() => clearInterval(letPass)));
        await stage.everybodyWasSentOnce();
    });

    it('when some batches were confirmed and others not yet read', async () => {
        await stage.play();
        await stage.sandbox.control({
            faults: [{ service: 'oro', method: 'POST', path: '/api/customerusers', kind: 'hang', skip: 1 }],
        });
        const before = stage.nodeRed.messages('accepted').length;
        await stage.start();
        await stage.nodeRed.until('accepted batches', () => stage.nodeRed.messages('accepted').length > before + 2);
        await stage.crash();
        await everybodyIsIn(stage, await stage.summary());
        await stage.everybodyWasSentOnce();
    });

    it('twice in a row, the second time while the first was mended', async () => {
        await stage.play();
        await stage.sandbox.control({ imports: 'hold' });
        await stage.start();
        await importsRun();
        await stage.crash();
        await stage.nodeRed.untilStatus('reader', /import is checked/);
        await stage.sandbox.control({ finish: 'next' });
        await stage.crash();
        await stage.nodeRed.untilStatus('reader', /import is checked/);
        await stage.sandbox.control({ finish: 'next' });
        await stage.crash();
        await stage.sandbox.control({ imports: 'auto', finish: 'all' });
        await everybodyIsIn(stage, await stage.summary());
        await stage.everybodyWasSentOnce();
        await nothingIsLeftToSend(stage);
    });

    describe('while people who had left were taken off', () => {
        const BULK = 'POST /v2/address-books/{id}/contacts/delete';
        const SINGLE = 'DELETE /v2/address-books/{id}/contacts/{id}';

        it('and the job went on', async () => {
            await everybodyIsThereAnd({ leave: 40 });
            await stage.sandbox.control({ removals: 'hold' });
            await stage.start();
            await stage.until('the removal', ({ requests }) => (requests['GET /v2/contacts/deletion/{id}'] ?? 0) > 2);
            await stage.crash();
            await stage.until('the same job', ({ requests }) => (requests['GET /v2/contacts/deletion/{id}'] ?? 0) > 6);
            await stage.sandbox.control({ removals: 'auto', finishRemovals: 'all' });
            await areOff(40);
        });

        const moments: readonly (readonly [string, number, string, 'hang' | 'hangAfter'])[] = [
            ['before the job was taken', 40, BULK, 'hang'],
            ['between the job and its answer', 40, BULK, 'hangAfter'],
            ['before a single removal was carried out', 3, SINGLE, 'hang'],
            ['between a single removal and its answer', 3, SINGLE, 'hangAfter'],
        ];
        for (const [moment, people, request, kind] of moments) {
            it(moment, async () => {
                await everybodyIsThereAnd({ leave: people });
                const [method = ''] = request.split(' ');
                await stage.sandbox.control({
                    faults: [{ service: 'dotdigital', method, path: '/address-books/1001/contacts/', kind, times: 9 }],
                });
                await stage.start();
                await stage.until('the removal', ({ requests }) => (requests[request] ?? 0) > 0);
                await stage.nodeRed.kill();
                await stage.sandbox.control({ clearFaults: true });
                await stage.nodeRed.restart();
                await areOff(people);
            });
        }

        async function everybodyIsThereAnd(change: Record<string, unknown>): Promise<void> {
            await stage.play();
            await everybodyIsIn(stage, await stage.run());
            await stage.sandbox.control({ oro: change });
        }

        async function areOff(people: number): Promise<void> {
            const summary = await stage.summary();
            addsUp(summary);
            summary.should.containEql({ error: null, complete: true, left: people, inList: EVERYBODY.inList - people });
            const { lists, deleted } = await stage.sandbox.report();
            lists.should.have.property('1001', EVERYBODY.inList - people);
            deleted.should.equal(0);
            await stage.everybodyWasSentOnce();
            (await stage.run()).should.containEql({ batches: 0, left: 0 });
        }
    });

    it('while two readers fed the list: both go on', async () => {
        const second = { listId: '4', listName: 'Contacts', batchSize: 50 };
        await stage.play({ more: [readerNode('second', [['upsert'], ['others']], second), probeNode('others')] });
        await stage.sandbox.control({ imports: 'hold' });
        await stage.start();
        await stage.nodeRed.send('second', {});
        await stage.until('the imports', ({ imports }) => imports.reduce((sum, each) => sum + each.contacts, 0) > 2300);
        await stage.crash();
        await stage.sandbox.control({ imports: 'auto', finish: 'all' });
        const [customers, contacts] = [await stage.summary(), await stage.nodeRed.nextMessage('others')];
        customers.should.containEql({ error: null, inList: EVERYBODY.inList, unconfirmed: 0 });
        const { inList, error } = contacts['payload'] as Summary;
        should({ error, inList }).eql({ error: null, inList: 266 });
        // 26 of the contacts have the address of a customer user, of whom three have opted out: who is taken off is a matter of order.
        const { lists } = await stage.sandbox.report();
        should(lists['1001']).be.within(EVERYBODY.inList + 266 - 26, EVERYBODY.inList + 266 - 23);
    });

    it('three times, at any moment', async () => {
        await stage.play();
        await stage.sandbox.control({
            delays: { oro: { requestMs: 20, recordMs: 0.05 }, dotdigital: { requestMs: 20, importMs: 150 } },
        });
        await stage.start();
        for (const life of [150, 320, 410]) {
            await new Promise((resolve) => setTimeout(resolve, life));
            await stage.crash();
        }
        await everybodyIsIn(stage, await stage.summary());
        await nothingIsLeftToSend(stage);
    });

    /** Five imports were taken, and the process knows their ids. */
    async function importsRun(): Promise<void> {
        await stage.until('the imports', ({ imports }) => imports.length === 5);
        const before = await asked();
        await stage.until('questions about each of them', ({ requests }) => (requests[STATUS] ?? 0) > before + 20);
    }

    async function asked(): Promise<number> {
        return (await stage.sandbox.report()).requests[STATUS] ?? 0;
    }
});
