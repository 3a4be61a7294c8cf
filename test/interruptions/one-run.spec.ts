import should from 'should';
import { type Mirror, startMirror } from '../mirror/mirror';
import { functionNode } from './function-node';

/** Of 300 people, those who end up on the list, and those who are offered to the flow. */
const DELIVERED = 210;
const OFFERED = 219;

describe('A list reader', () => {
    let mirror: Mirror;
    beforeEach(async () => {
        mirror = await startMirror({
            sandbox: { size: 300 },
            limits: { importSize: 100, grace: 300 },
            reader: { batchSize: 30, inFlight: 2 },
        });
    });
    afterEach(() => mirror.stop());

    it('refuses a second start while a run is on, which goes on undisturbed', async () => {
        await mirror.control({ imports: 'hold' });
        mirror.begin();
        await mirror.until('an import', ({ imports }) => imports.length > 0);
        mirror.begin();
        should((await mirror.nodeRed.nextMessage('errors'))['error']).have.property('code', 'alreadyRunning');
        await mirror.control({ imports: 'auto', finish: 'all' });
        (await mirror.summary()).should.containEql({ error: null, inList: DELIVERED, unconfirmed: 0 });
        mirror.nodeRed.messages('summary').should.have.length(1);
    });

    it('refuses a second start while the first is still signing in', async () => {
        await mirror.control({ faults: [{ service: 'oro', path: '/userprofile', kind: 'delay', ms: 200 }] });
        mirror.begin();
        mirror.begin();
        should((await mirror.nodeRed.nextMessage('errors'))['error']).have.property('code', 'alreadyRunning');
        (await mirror.summary()).should.containEql({ error: null, inList: DELIVERED });
    });

    it('starts again after a run that could not begin', async () => {
        await mirror.deploy({ reader: { connection: 'nowhere' } });
        for (let attempt = 0; attempt < 2; attempt++) {
            mirror.begin();
            const { error } = await mirror.nodeRed.nextMessage('errors');
            should(error).have.property('code', 'connectionMissing');
        }
    });

    it('ends after the batches on the way when it is told to stop, and the next run brings the rest', async () => {
        const slow = functionNode('slow', 'setTimeout(() => { node.send(msg); node.done(); }, 100);');
        await mirror.deploy({ between: [slow], reader: { batchSize: 30, inFlight: 2 } });
        mirror.begin();
        await mirror.nodeRed.until('two batches', () => mirror.nodeRed.messages('batches').length === 2);
        mirror.begin({ read: { stop: true } });
        const stopped = await mirror.summary();
        stopped.should.containEql({ complete: false, error: null, left: 0 });
        // The two that were on the way, and one that waited for its turn already.
        stopped.batches.should.be.belowOrEqual(3);
        (stopped.inList + stopped.unconfirmed + stopped.rejected + stopped.suppressed).should.equal(OFFERED);
        should(mirror.report().lists['1001']).equal(stopped.inList);
        (await mirror.nodeRed.untilStatus('reader', /^stopped/)).should.have.property('fill', 'yellow');
        (await mirror.run()).should.containEql({ complete: true, inList: DELIVERED, unconfirmed: 0 });
        everybodyWasSentOnce();
    });

    it('ends at once when it is told to stop before it has read anything', async () => {
        await mirror.control({ faults: [{ service: 'oro', path: '/userprofile', kind: 'delay', ms: 200 }] });
        mirror.begin();
        mirror.begin({ read: { stop: true } });
        (await mirror.summary()).should.containEql({ complete: false, error: null, batches: 0, inList: 0 });
        mirror.report().imports.should.have.length(0);
    });

    it('ends when it is told to stop while it asks what became of an earlier run', async () => {
        await mirror.control({ imports: 'hold' });
        mirror.begin();
        await mirror.until('the imports', ({ imports }) => imports.length === 3);
        const asked = mirror.requests('GET /contacts/v3/import/{id}');
        await mirror.until('questions', ({ requests }) => (requests['GET /contacts/v3/import/{id}'] ?? 0) > asked + 9);
        await mirror.crash();
        await mirror.nodeRed.untilStatus('reader', /import is checked/);
        mirror.begin({ read: { stop: true } });
        (await mirror.summary()).should.containEql({ complete: false, error: null, batches: 0 });
        await mirror.control({ imports: 'auto', finish: 'all' });
        (await mirror.run()).should.containEql({ complete: true, inList: DELIVERED, unconfirmed: 0 });
        everybodyWasSentOnce();
    });

    it('a stop when no run is on changes nothing for the next one', async () => {
        mirror.begin({ read: { stop: true } });
        (await mirror.run()).should.containEql({ complete: true, inList: DELIVERED });
    });

    it('what a node sends after the run has ended is not written, as it may be out of date', async () => {
        const late = functionNode('late', 'setTimeout(() => node.send(msg), 900); return null;');
        await mirror.deploy({ between: [late], reader: { batchSize: 300 } });
        (await mirror.run()).should.containEql({ leftOutByFlow: OFFERED, inList: 0, error: null });
        should((await mirror.nodeRed.nextMessage('errors'))['error']).have.property('code', 'runEnded');
        should(mirror.report().lists['1001']).equal(0);
    });

    it('a batch of a dry run that comes late writes nothing either', async () => {
        const late = functionNode('late', 'setTimeout(() => node.send(msg), 900); return null;');
        await mirror.deploy({ between: [late], reader: { batchSize: 300 } });
        await mirror.control({ oro: { rebuild: [101] } });
        (await mirror.run({ read: { dryRun: true } })).should.containEql({ dryRun: true, error: null });
        should((await mirror.nodeRed.nextMessage('errors'))['error']).have.property('code', 'runEnded');
        mirror.report().imports.should.have.length(0);
    });

    it('what a join kept of an earlier run leaves nobody on the list who has left meanwhile', async () => {
        const join = {
            id: 'join',
            type: 'join',
            z: 'tab',
            mode: 'custom',
            build: 'array',
            property: 'payload',
            propertyType: 'msg',
            count: '2',
            joiner: '',
            joinerType: 'str',
            timeout: '',
            wires: [['upsert']],
        };
        await mirror.deploy({ between: [join], reader: { batchSize: 300 } });
        (await mirror.run()).should.containEql({ unconfirmed: OFFERED, inList: 0 });
        const { oro } = (await mirror.control({ oro: { leave: 8 } })) as unknown as { oro: { left: number[] } };
        oro.left.should.have.length(8);
        // The join completes with the batch of this run, and keeps the one with those who left until the next.
        (await mirror.run()).should.containEql({ inList: DELIVERED - 8, unconfirmed: 0, error: null, left: 0 });
        (await mirror.run()).should.containEql({ inList: DELIVERED - 8, unconfirmed: 0, error: null, left: 8 });
        should(mirror.report().lists['1001']).equal(DELIVERED - 8);
    });

    /** Nine records whose address another member has too may come twice: who speaks is looked at anew after a crash. */
    function everybodyWasSentOnce(): void {
        const sent = mirror.report().imports.reduce((sum, { contacts }) => sum + contacts, 0);
        sent.should.be.within(DELIVERED, DELIVERED + 9);
    }
});
