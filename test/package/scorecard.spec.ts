import 'should';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../tools/node-red';
import { filesBelow, manifest, read } from './manifest';

interface Definition {
    type: string;
    category: string;
}

/** The rules by which the Flow Library scores a package; the codes are those of `node-red-dev validate`. */
describe('The Flow Library scorecard', () => {
    const { nodes, version } = manifest()['node-red'];
    const sets = Object.values(nodes).map((compiled) => compiled.replace(/^dist\//, '').replace(/\.js$/, ''));
    const definitions = sets.flatMap((set) => definitionsIn(read(`${set}.html`)));

    it('P01: has a licence', () => {
        manifest().should.have.property('license', 'MIT');
        existsSync(join(checkout, 'LICENSE')).should.be.true();
    });

    it('P03: names its repository and where to report faults', () => {
        manifest()
            .should.have.propertyByPath('repository', 'url')
            .match(/^git\+https:\/\//);
        manifest()
            .should.have.propertyByPath('bugs', 'url')
            .match(/^https:\/\//);
    });

    it('P04: has a scoped name', () => manifest().name.should.match(/^@[a-z\d][\w-.]+\/[a-z\d][\w-.]*$/));

    it('P05: has the keyword by which the Flow Library finds it', () =>
        (manifest().keywords ?? []).should.containEql('node-red'));

    it('P06: says from which Node-RED on it works, without an end', () => version.should.equal('>=4.1.0'));

    it('P07: works with the oldest Node.js of that Node-RED and of the newest', () =>
        manifest().engines.node.should.equal('>=20'));

    it('N01: registers types with the name of the product in front', () => {
        definitions
            .map(({ type }) => type)
            .should.eql(['oro-dotdigital-connection', 'oro-list-reader', 'dotdigital-contact-upsert']);
    });

    it('N01: has a literal definition in a script that names its type, one for each set, as the scorecard parses it', () => {
        sets.length.should.be.above(0);
        for (const set of sets) definitionsIn(read(`${set}.html`)).should.have.length(1);
    });

    it('N02: shows every node in an example, and packs nothing else as an example', () => {
        const examples = filesBelow('examples').filter((path) => !path.startsWith('examples/oro/'));
        manifest()
            .files.filter((pattern) => pattern.startsWith('examples'))
            .should.eql(['examples/*.json']);
        const shown = new Set(examples.flatMap((path) => exampleTypes(path)));
        for (const { type, category } of definitions) if (category !== 'config') [...shown].should.containEql(type);
    });

    it('D01: has at most six dependencies, and neither Node-RED nor a peer among them', () => {
        const dependencies = Object.keys(manifest().dependencies);
        dependencies.length.should.be.belowOrEqual(6);
        dependencies.filter((name) => /^(@node-red\/|node-red$)/.test(name)).should.eql([]);
        manifest().should.not.have.property('peerDependencies');
    });

    it('D03: takes every compatible newer version of its dependencies', () => {
        for (const range of Object.values(manifest().dependencies)) range.should.match(/^\^[1-9]/);
    });
});

/** Finds definitions as the scorecard can: plain text/javascript, the type and the category written out. */
function definitionsIn(html: string): Definition[] {
    const scripts = [...html.matchAll(/<script type="text\/javascript">([\s\S]*?)<\/script>/g)].map(([, script = '']) => script);
    return scripts.flatMap((script) =>
        [...script.matchAll(/RED\.nodes\.registerType\('([\w-]+)',\s*\{\s*category:\s*'([^']+)'/g)].map(
            ([, type = '', category = '']): Definition => ({ type, category }),
        ),
    );
}

function exampleTypes(path: string): string[] {
    const flow: unknown = JSON.parse(read(path));
    if (!Array.isArray(flow)) throw new Error(`${path} is not an array`);
    return flow.map((node: { type: string }) => node.type);
}
