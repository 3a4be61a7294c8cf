import 'should';
import { EVERYBODY, everybodyIsIn, nothingIsLeftToSend, Stage } from './stage';

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
        (await stage.imported()).should.equal(EVERYBODY.inList);
    });

    it('while it read', async () => {
        await stage.play();
        await stage.sandbox.control({ faults: [{ service: 'oro', method: 'POST', path: '/api/customerusers', kind: 'hang' }] });
        await stage.start();
        await stage.until('the reading', ({ requests }) => (requests['POST /admin/api/customerusers'] ?? 0) > 0);
        await stage.crash();
        await everybodyIsIn(stage, await stage.summary());
        (await stage.imported()).should.equal(EVERYBODY.inList);
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
        (await stage.imported()).should.equal(EVERYBODY.inList);
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
        (await stage.imported()).should.equal(EVERYBODY.inList + unanswered);
        await nothingIsLeftToSend(stage);
    });

    it('while imports ran, which ended after the start', async () => {
        await stage.play();
        await stage.sandbox.control({ imports: 'hold' });
        await stage.start();
        await stage.until('the imports', ({ imports }) => imports.length === 5);
        await stage.crash();
        await stage.nodeRed.untilStatus('reader', /import is checked/);
        await stage.sandbox.control({ imports: 'auto', finish: 'all' });
        await everybodyIsIn(stage, await stage.summary());
        (await stage.imported()).should.equal(EVERYBODY.inList);
        await nothingIsLeftToSend(stage);
    });

    it('while imports ran, which ended before the start', async () => {
        await stage.play();
        await stage.sandbox.control({ imports: 'hold' });
        await stage.start();
        await stage.until('the imports', ({ imports }) => imports.length === 5);
        await stage.nodeRed.kill();
        await stage.sandbox.control({ imports: 'auto', finish: 'all' });
        await stage.nodeRed.restart();
        await everybodyIsIn(stage, await stage.summary());
        (await stage.imported()).should.equal(EVERYBODY.inList);
    });
});
