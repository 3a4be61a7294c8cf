import Joi from 'joi';
import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { onFlowsStarted } from '../src/runtime/flows-gate';
import { ListReader, type ListReaderSettings, overridesOf, type ReadOverrides } from '../src/runtime/list-reader';
import { NodeLife } from '../src/runtime/node-life';
import { showReader } from '../src/runtime/reader-status';
import { checked } from '../src/runtime/settings';

const text = Joi.string().allow('').default('');
const number = (fallback: number) => Joi.number().integer().empty('').default(fallback);

const SETTINGS = Joi.object<ListReaderSettings>({
    connection: Joi.string().required().messages({ '*': 'connection: choose one' }),
    audience: Joi.string().valid('list', 'segment', 'tag', 'query').default('list'),
    listId: Joi.alternatives(text, Joi.number().cast('string'))
        .default('')
        .when('audience', { is: 'query', otherwise: Joi.required().invalid('').messages({ '*': 'listId: choose a list' }) }),
    listName: text,
    resource: Joi.string()
        .valid('customerusers', 'contacts', 'leads', 'orders', 'quotes', 'rfqs')
        .empty('')
        .default('customerusers'),
    filter: Joi.array()
        .items(
            Joi.object({
                path: Joi.string().required(),
                operator: Joi.string().required(),
                value: Joi.alternatives(
                    Joi.string().allow(''),
                    Joi.number().cast('string'),
                    Joi.boolean().cast('string'),
                ).default(''),
                valueType: Joi.string().default('str'),
            }).unknown(),
        )
        .default([]),
    fields: Joi.array().items(Joi.string()).default([]),
    optOutField: text,
    mode: Joi.string().valid('changes', 'all').default('changes'),
    rebuild: Joi.string().valid('dynamic', 'always', 'never').default('dynamic'),
    batchSize: number(1000).min(1).max(5000),
    inFlight: number(4).min(1).max(100),
    maxLeavePercent: number(20).min(0).max(100),
    confirm: Joi.string().valid('auto', 'sent').default('auto'),
});

/** Reads an audience from Oro and emits it in batches: what joined, changed or left since it was last confirmed. */
export = (RED: NodeAPI): void => {
    function OroListReader(this: Node, config: NodeDef) {
        RED.nodes.createNode(this, config);
        const life = new NodeLife(RED, this);
        let reader: ListReader;
        try {
            reader = new ListReader(RED, this, checked(SETTINGS, config), showReader(RED, life.status), life.signal);
        } catch (error) {
            this.on('input', (_message, _send, done) => life.fail(error, done));
            life.fail(error);
            return;
        }

        const run = async (
            message: NodeMessage,
            overrides: ReadOverrides,
            send: (message: NodeMessage) => void,
            both: (outputs: unknown[]) => void,
        ) => {
            const { summary, failure } = await reader.run(message, overrides, send);
            const { parts: _parts, read: _read, ...rest } = message as NodeMessage & Record<string, unknown>;
            both([null, { ...rest, payload: summary }]);
            if (failure !== null) throw failure;
        };

        this.on('input', (message, send, done) => {
            life.track(
                (async () => {
                    const overrides = overridesOf(message);
                    if (overrides.stop === true) reader.stop();
                    else await run(message, overrides, (batch) => send([batch, null]), send as (outputs: unknown[]) => void);
                })(),
                done,
            );
        });

        // A run that was cut off goes on by itself once all nodes are there. Otherwise Deploy never sends anything.
        const forget = onFlowsStarted(RED, () => {
            life.track(
                (async () => {
                    const overrides = await reader.cutOffRun();
                    if (overrides !== null && !reader.isRunning && !life.signal.aborted) {
                        await run(
                            { _msgid: RED.util.generateId() },
                            overrides,
                            (batch) => this.send([batch, null]),
                            (outputs) => this.send(outputs as never),
                        );
                    }
                })(),
            );
        });
        life.beforeClose(forget);
    }

    RED.nodes.registerType('oro-list-reader', OroListReader);
};
