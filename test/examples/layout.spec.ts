import 'should';
import { filesBelow, read } from '../package/manifest';
import type { FlowNode } from '../tools/node-red';

const OURS = ['oro-dotdigital-connection', 'oro-list-reader', 'dotdigital-contact-upsert'];
const CORE = ['tab', 'comment', 'inject', 'function', 'switch', 'change', 'csv', 'file', 'debug', 'catch'];
const GRID = 20;

const files = filesBelow('examples')
    .filter((path) => path.endsWith('.json'))
    .sort();

describe('The example files', () => {
    it('are nine, numbered, and named for what they do', () => {
        files.should.eql([
            'examples/01 - Mirror a marketing list.json',
            'examples/02 - One contact from an inject.json',
            'examples/03 - Customers of one group, any Oro.json',
            'examples/04 - Who bought in the last 90 days.json',
            'examples/05 - Change records in a function.json',
            'examples/06 - Leave people out in a function.json',
            'examples/07 - Rejected records to a file.json',
            'examples/08 - Nightly run.json',
            'examples/09 - Practise failures.json',
        ]);
    });

    it('have no node in common, so that all can be imported side by side', () => {
        const ids = files.flatMap((file) => flowOf(file).map(({ id }) => id));
        ids.length.should.equal(new Set(ids).size);
    });

    for (const file of files) {
        describe(file.replace('examples/', ''), () => {
            const flow = flowOf(file);
            const canvas = flow.filter((node) => 'wires' in node);

            it('has a tab of its own with the name of the file', () => {
                const tabs = flow.filter(({ type }) => type === 'tab');
                tabs.map((tab) => tab['label']).should.eql([file.replace(/^examples\/\d+ - (.*)\.json$/, '$1')]);
                for (const node of canvas) node.should.have.property('z', tabs[0]?.id);
            });

            it('needs nothing but the core nodes and ours', () => {
                flow.map(({ type }) => type)
                    .filter((type) => ![...CORE, ...OURS].includes(type))
                    .should.eql([]);
            });

            it('tells in a comment what to do and what to look at', () => {
                const [comment] = flow.filter(({ type }) => type === 'comment');
                String(comment?.['name']).length.should.be.above(30);
                `${comment?.['name']} ${comment?.['info']}`.should.match(/[Pp]ress/);
            });

            it('practises on the sandbox, without any credentials', () => {
                const connections = flow.filter(({ type }) => type === 'oro-dotdigital-connection');
                connections[0]?.should.have.property('environment', 'sandbox');
                for (const connection of connections) connection.should.not.have.property('credentials');
            });

            it('wires only nodes that are there, and shows every error', () => {
                const ids = new Set(flow.map(({ id }) => id));
                for (const node of canvas)
                    for (const target of (node['wires'] as string[][]).flat()) ids.has(target).should.be.true();
                flow.filter(({ type }) => type === 'catch').should.have.length(1);
            });

            it('stands on the grid, with no node on another', () => {
                const places = canvas.map((node) => ({ x: Number(node['x']), y: Number(node['y']), width: widthOf(node) }));
                for (const { y } of places) (y % GRID).should.equal(0);
                for (const [index, one] of places.entries()) {
                    for (const other of places.slice(index + 1)) {
                        const apart =
                            Math.abs(one.y - other.y) >= 40 || Math.abs(one.x - other.x) >= (one.width + other.width) / 2;
                        apart.should.equal(true, `${JSON.stringify(one)} and ${JSON.stringify(other)}`);
                    }
                }
            });
        });
    }
});

function flowOf(file: string): FlowNode[] {
    return JSON.parse(read(file)) as FlowNode[];
}

/** How wide the editor draws a node, roughly: 7 pixels a letter beside the icon, ports and a button. */
function widthOf(node: FlowNode): number {
    const [list] = (node['lists'] as { name: string }[] | undefined) ?? [];
    const label = String(node['name'] || node['listName'] || list?.name || node['filename'] || node.type);
    return Math.max(100, label.length * 7 + 50);
}
