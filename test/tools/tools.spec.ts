import 'should';
import { existsSync } from 'node:fs';
import { type Child, startChild } from './child';
import { type Embedded, startEmbedded } from './embedded';
import type { FlowNode } from './node-red';
import { startSandboxProcess } from './sandbox-process';

const flow: FlowNode[] = [
    { id: 'tab', type: 'tab', label: 'Test' },
    { id: 'press', type: 'inject', z: 'tab', props: [{ p: 'payload' }], payload: '1', payloadType: 'num', wires: [['count']] },
    {
        id: 'count',
        type: 'function',
        z: 'tab',
        func: "if (msg.payload === 'fail') throw new Error('as asked');\nif (msg.payload === 'warn') node.warn('look out');\nnode.status({text: 'saw ' + msg.payload});\nmsg.payload += 1;\nreturn msg;",
        wires: [['held']],
    },
    { id: 'held', type: 'probe', z: 'tab', hold: true, wires: [['out']] },
    { id: 'out', type: 'probe', z: 'tab', wires: [] },
    { id: 'catch', type: 'catch', z: 'tab', scope: null, wires: [['caught']] },
    { id: 'caught', type: 'probe', z: 'tab', wires: [] },
];

describe('The Node-RED that tests start', () => {
    describe('in the test process', () => {
        let nodeRed: Embedded;
        before(async () => {
            nodeRed = await startEmbedded();
            await nodeRed.deploy(flow);
        });
        after(() => nodeRed.stop());

        it('presses inject nodes and records messages and statuses', async () => {
            nodeRed.send('press');
            (await nodeRed.nextMessage('held')).should.have.property('payload', 2);
            nodeRed.status('count').should.eql({ text: 'saw 1' });
        });

        it('passes on what a probe held only when it is released', async () => {
            nodeRed.messages('out').should.have.length(0);
            nodeRed.release('held');
            (await nodeRed.nextMessage('out')).should.have.property('payload', 2);
        });

        it('records what a Catch node gets, and the log with the node that wrote it', async () => {
            nodeRed.send('count', { payload: 'fail' });
            (await nodeRed.nextMessage('caught')).should.have.propertyByPath('error', 'message').eql('Error: as asked');
            nodeRed.send('count', { payload: 'warn' });
            await nodeRed.until('the warning', () => nodeRed.log.some((line) => line.text === 'look out'));
            nodeRed.log
                .filter((line) => line.text === 'look out')
                .should.eql([{ level: 30, text: 'look out', id: 'count', type: 'function' }]);
        });

        it('says which node type is missing', () =>
            nodeRed
                .deploy([...flow, { id: 'x', type: 'no-such-node', z: 'tab', wires: [] }])
                .should.be.rejectedWith(/no-such-node/));
    });

    it('can be followed by another one in the same process', async () => {
        const nodeRed = await startEmbedded({ adminRoot: false, context: 'file' });
        await nodeRed.deploy(flow);
        nodeRed.send('count', { payload: 7 });
        (await nodeRed.nextMessage('held')).should.have.property('payload', 8);
        await nodeRed.stop();
        existsSync(nodeRed.userDirectory).should.be.false();
    });

    describe('in a process of its own', () => {
        let child: Child;
        before(async () => {
            child = await startChild();
            await child.deploy(flow);
        });
        after(() => child.stop());

        it('can be killed and goes on with its saved flows', async () => {
            await child.send('press');
            await child.untilStatus('count', /^saw 1$/);
            (await child.nextMessage('held')).should.have.property('payload', 2);
            await child.kill();
            await child.send('press').should.be.rejectedWith(/does not run/);
            await child.restart();
            await child.send('count', { payload: 41 });
            (await child.nextMessage('held')).should.have.property('payload', 42);
            await child.release('held');
            (await child.nextMessage('out')).should.have.property('payload', 42);
        });

        it('reports its memory', async () => {
            const { resident, peak } = await child.memory();
            resident.should.be.above(10_000_000);
            peak.should.be.aboveOrEqual(resident / 2);
        });
    });

    it('has the sandbox in a process of its own beside it', async () => {
        const sandbox = await startSandboxProcess({ size: 200 });
        (await sandbox.seed()).main.should.have.property('removed', 2);
        (await sandbox.report()).should.have.property('largestImport', 0);
        await sandbox.control({ oro: { leave: 3 } });
        sandbox
            .connection('c')
            .should.containDeep({ type: 'oro-dotdigital-connection', environment: 'live', oroUrl: sandbox.oroUrl });
        await sandbox.control({ nonsense: 1 } as object).should.be.rejectedWith(/nonsense/);
        await sandbox.stop();
        await sandbox.report().should.be.rejected();
    });
});
