import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import should from 'should';
import type { Finding } from '../../src/runtime/admin/test-connection';
import { type Sandbox, startSandbox } from '../../src/sandbox';
import type { Listening } from '../http/listening';
import { mirrorFlow } from '../mirror/mirror';
import { type Child, startChild } from '../tools/child';
import { checkout, type FlowNode, type Message } from '../tools/node-red';
import { CASES, type Case, selfSigned } from './cases';

const QUICK = { pollAfter: [1, 5], retry: { attempts: 2, firstWait: 1, longestWait: 2, deadline: 20 } };

interface Caught {
    readonly code: string;
    readonly message: string;
    readonly stack: string;
}

for (const lang of ['en-US', 'de'] as const) {
    describe(`Every failure has its own code and a text that says what to do (${lang})`, () => {
        let sandbox: Sandbox;
        let secure: Listening;
        let nodeRed: Child;
        const catalogue = JSON.parse(
            readFileSync(join(checkout, 'nodes', 'locales', lang, 'oro-dotdigital-connection.json'), 'utf8'),
        ) as { errors: Record<string, string>; short: Record<string, string> };

        before(async () => {
            sandbox = await startSandbox({ size: 5 });
            secure = await selfSigned();
            // A process of its own: Node-RED chooses its language once in the life of one.
            nodeRed = await startChild({ settings: { lang, oroDotdigitalLimits: QUICK } });
        });

        after(async () => {
            await nodeRed.stop();
            await secure.close();
            await sandbox.stop();
        });

        async function walkInto(each: Case): Promise<Caught> {
            await nodeRed.deploy(mirrorFlow(sandbox, each.flow?.(secure.url) ?? {}));
            if (each.afterRun) await startAndAwait('summary');
            if (each.control) await sandbox.control(each.control);
            const { error } = await startAndAwait('errors');
            return error as Caught;
        }

        /** Starts the reader and waits for what comes to a probe because of it. */
        async function startAndAwait(probe: string): Promise<Message> {
            const before = nodeRed.messages(probe).length;
            await nodeRed.send('reader', {});
            await nodeRed.until(`a message at ${probe}`, () => nodeRed.messages(probe).length > before);
            return nodeRed.messages(probe)[before] ?? {};
        }

        async function putRight(each: Case): Promise<void> {
            await sandbox.control({ clearFaults: true, ...each.restore });
        }

        for (const each of CASES) {
            it(`${each.name}: ${each.code}, in the status and through Catch`, async () => {
                try {
                    const { code, message, stack } = await walkInto(each);
                    code.should.equal(each.code);
                    stack.should.equal(message);
                    message.should.startWith(`${each.code}: `);
                    should(catalogue.errors[each.code]).be.a.String();
                    should(catalogue.short[each.code]).be.a.String();
                    if (lang === 'en-US') {
                        for (const told of each.tells) message.should.match(told);
                        await nodeRed.untilStatus('reader', exactly(each.status));
                    } else {
                        message.should.match(pattern(catalogue.errors[each.code] ?? ''));
                        await nodeRed.untilStatus('reader', pattern(catalogue.short[each.code] ?? ''));
                    }
                    nodeRed.status('reader').fill?.should.equal('red');
                } finally {
                    await putRight(each);
                }
            });
        }

        if (lang !== 'en-US') return;
        for (const each of CASES.filter(({ dialog }) => dialog !== null)) {
            it(`${each.name}: ${each.dialog ?? each.code}, in the dialog's test`, async () => {
                try {
                    if (each.control) await sandbox.control(each.control);
                    const flow = mirrorFlow(sandbox, each.flow?.(secure.url) ?? {});
                    const { type: _, ...typed } = flow.find(({ type }) => type === 'oro-dotdigital-connection') as FlowNode;
                    const answer = await fetch(new URL('oro-dotdigital/test', nodeRed.url), {
                        method: 'POST',
                        headers: { 'content-type': 'application/json' },
                        body: JSON.stringify({ connection: { ...typed, id: 'never-deployed' } }),
                    });
                    const { findings } = (await answer.json()) as { findings: Finding[] };
                    const bad = findings.filter(({ ok }) => !ok);
                    bad.map(({ code }) => code).should.containEql(each.dialog ?? each.code);
                    for (const { code, text } of bad) {
                        should(catalogue.errors[code]).be.a.String();
                        text.should.match(/\w+ \w+ \w+/);
                    }
                } finally {
                    await putRight(each);
                }
            });
        }
    });
}

function exactly(text: string): RegExp {
    return new RegExp(`^${escaped(text)}$`);
}

/** Matches a text of the catalogue with its place-holders filled in. */
function pattern(text: string): RegExp {
    return new RegExp(
        text
            .split(/__\w+__/)
            .map(escaped)
            .join('(?!__).*'),
    );
}

function escaped(text: string): string {
    return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
