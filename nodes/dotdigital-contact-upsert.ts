import Joi from 'joi';
import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { connectionOf } from '../src/runtime/host';
import { NodeLife } from '../src/runtime/node-life';
import { checked } from '../src/runtime/settings';
import { stopped } from '../src/runtime/upsert/pause';
import { showUpsert } from '../src/runtime/upsert/upsert-status';
import { neededPaths, Upserter, type UpsertSettings } from '../src/runtime/upsert/upserter';
import { registerWriter } from '../src/runtime/writers';

const from = {
    from: Joi.alternatives(Joi.string().allow(''), Joi.number().cast('string'), Joi.boolean().cast('string')).default(''),
    fromType: Joi.string().valid('record', 'msg', 'jsonata', 'str', 'num', 'bool', 'date').default('record'),
};

const SETTINGS = Joi.object<UpsertSettings>({
    connection: Joi.string().required().messages({ '*': 'connection: choose one' }),
    lists: Joi.array()
        .items(
            Joi.object({
                id: Joi.alternatives(Joi.string().allow(''), Joi.number().cast('string')).required(),
                name: Joi.string().allow('').default(''),
            }).unknown(),
        )
        .default([]),
    mapping: Joi.array()
        .items(Joi.object({ ...from, to: Joi.string().required(), toType: Joi.string().allow('').default('String') }).unknown())
        .default([]),
    identifiers: Joi.array()
        .items(Joi.object({ ...from, to: Joi.string().required() }).unknown())
        .default([]),
    mergeOption: Joi.string().valid('overwriteIfNotEmpty', 'overwrite', 'overwriteIfEmpty').default('overwriteIfNotEmpty'),
    optInType: Joi.string().valid('', 'unknown', 'single', 'double', 'verifiedDouble').default(''),
    onLeave: Joi.string().valid('removeFromList', 'nothing').default('removeFromList'),
    createMissingFields: Joi.boolean().default(false),
    dryRun: Joi.boolean().default(false),
});

/** Creates and updates Dotdigital contacts, one or a million, and keeps lists mirrored. */
export = (RED: NodeAPI): void => {
    function DotdigitalContactUpsert(this: Node, config: NodeDef) {
        RED.nodes.createNode(this, config);
        const life = new NodeLife(RED, this);
        const view = showUpsert(RED, life.status);
        let settings: UpsertSettings;
        let upserter: Upserter;
        try {
            settings = checked(SETTINGS, config);
            const connection = () => view.uses(connectionOf(RED, settings.connection), settings.dryRun);
            upserter = new Upserter(RED, this, settings, connection, view, life.signal);
        } catch (error) {
            this.on('input', (_message, _send, done) => life.fail(error, done));
            life.fail(error);
            return;
        }
        life.beforeClose(() => upserter.close(stopped()));
        const { connection, lists, dryRun, mapping, identifiers, mergeOption } = settings;
        life.beforeClose(
            registerWriter(this.id, {
                connection,
                lists,
                dryRun,
                keepsFirst: mergeOption === 'overwriteIfEmpty',
                paths: neededPaths(settings),
                fingerprint: { mapping, identifiers, mergeOption, lists: lists.map((list) => list.id || list.name).sort() },
            }),
        );

        this.on('input', (message, send, done) => {
            life.track(
                (async () => {
                    const parcel = await upserter.take(message);
                    view.done(parcel.result);
                    const accepted = { ...message, payload: payloadLike(message, parcel.accepted), result: parcel.result };
                    const rejected = { ...message, payload: parcel.rejections };
                    send([
                        parcel.accepted.length > 0 ? accepted : null,
                        parcel.rejections.length > 0 ? rejected : null,
                    ] as NodeMessage[]);
                    if (parcel.failure !== null) throw parcel.failure;
                })(),
                done,
            );
        });
    }

    RED.nodes.registerType('dotdigital-contact-upsert', DotdigitalContactUpsert);
};

/** A message of one record stays one. */
function payloadLike(message: NodeMessage, accepted: readonly unknown[]): unknown {
    return Array.isArray(message.payload) ? accepted : accepted[0];
}
