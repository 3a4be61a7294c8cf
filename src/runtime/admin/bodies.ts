import Joi from 'joi';
import { PackageError } from '../../http/errors';
import type { Condition } from '../../sync/condition';
import type { UpsertSettings } from '../upsert/upserter';

/** A connection as its dialog shows it, or only the id of a deployed one. `__PWRD__` or a missing secret means the stored one. */
export interface ConnectionBody {
    readonly id: string;
    readonly environment?: string;
    readonly oroUrl?: string;
    readonly oroAdminPrefix?: string;
    readonly dotdigitalUrl?: string;
    readonly callbackUrl?: string;
    readonly name?: string;
    readonly tls?: string;
    readonly storePath?: string;
    readonly credentials?: Readonly<Record<string, string>>;
}

/** The settings of a list reader that a look at its audience needs. */
export interface ReaderBody {
    readonly id: string;
    readonly audience: 'list' | 'segment' | 'tag' | 'query';
    readonly listId: string;
    readonly resource: string;
    readonly filter: readonly Condition[];
    readonly fields: readonly string[];
    readonly rebuild: 'dynamic' | 'always' | 'never';
}

/** The settings of an upsert as its dialog shows them. */
export interface UpsertBody extends UpsertSettings {
    readonly id: string;
}

const text = Joi.string().allow('');
const id = Joi.alternatives(Joi.string().allow(''), Joi.number().cast('string'));
const from = {
    from: Joi.alternatives(text, Joi.number().cast('string'), Joi.boolean().cast('string')).default(''),
    fromType: Joi.string().valid('record', 'msg', 'jsonata', 'str', 'num', 'bool', 'date').default('record'),
};

const CONNECTION = Joi.object<ConnectionBody>({
    id: Joi.string().required(),
    environment: text,
    oroUrl: text,
    oroAdminPrefix: text,
    dotdigitalUrl: text,
    callbackUrl: text,
    name: text,
    tls: text,
    storePath: text,
    credentials: Joi.object().pattern(Joi.string(), text),
}).required();

const READER = Joi.object<ReaderBody>({
    id: text.default(''),
    audience: Joi.string().valid('list', 'segment', 'tag', 'query').default('list'),
    listId: id.default(''),
    resource: text.default('customerusers'),
    filter: Joi.array()
        .items(
            Joi.object({
                path: Joi.string().required(),
                operator: Joi.string().required(),
                value: Joi.alternatives(text, Joi.number().cast('string'), Joi.boolean().cast('string')).default(''),
                valueType: text.default('str'),
            }).unknown(),
        )
        .default([]),
    fields: Joi.array().items(text).default([]),
    rebuild: Joi.string().valid('dynamic', 'always', 'never').default('dynamic'),
}).unknown();

const UPSERT = Joi.object<UpsertBody>({
    id: text.default(''),
    lists: Joi.array()
        .items(Joi.object({ id: id.required(), name: text.default('') }).unknown())
        .default([]),
    mapping: Joi.array()
        .items(Joi.object({ ...from, to: text.default(''), toType: text.default('') }).unknown())
        .default([]),
    identifiers: Joi.array()
        .items(Joi.object({ ...from, to: Joi.string().required() }).unknown())
        .default([]),
    mergeOption: Joi.string().valid('overwriteIfNotEmpty', 'overwrite', 'overwriteIfEmpty').default('overwriteIfNotEmpty'),
    connection: text.default(''),
    onLeave: Joi.string().valid('removeFromList', 'nothing').default('removeFromList'),
    optInType: text.valid('', 'unknown', 'single', 'double', 'verifiedDouble').default(''),
    createMissingFields: Joi.boolean().default(false),
    dryRun: Joi.boolean().default(false),
}).unknown();

/** True when the request carries more of a connection than the id of a deployed one: it makes Node-RED ask any address. */
export function isTyped(body: unknown): boolean {
    const connection = isObject(body) ? body['connection'] : undefined;
    return isObject(connection) && Object.keys(connection).some((name) => name !== 'id');
}

/** @throws PackageError settingsInvalid */
export function connectionOf(body: unknown): ConnectionBody {
    return checked(CONNECTION, property(body, 'connection'), 'connection');
}

/** @throws PackageError settingsInvalid naming the property */
export function readerOf(body: unknown): ReaderBody {
    return checked(READER.required(), property(body, 'reader'), 'reader');
}

/** @throws PackageError settingsInvalid naming the property */
export function upsertOf(body: unknown): UpsertBody {
    return checked(UPSERT.required(), property(body, 'upsert'), 'upsert');
}

/** A text of the request, '' where it is missing or something else. */
export function textOf(body: unknown, name: string): string {
    const value = property(body, name);
    return typeof value === 'string' ? value.trim() : '';
}

/** A property of the request that may be anything. */
export function property(body: unknown, name: string): unknown {
    return isObject(body) ? body[name] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checked<T>(schema: Joi.ObjectSchema<T>, value: unknown, name: string): T {
    const result = schema.validate(value);
    if (result.error === undefined) return result.value;
    // Joi's own error holds the whole input, which may be a secret: only the path and the rule go on.
    const [detail] = result.error.details;
    const path = [name, ...(detail?.path ?? [])].join('.');
    throw new PackageError('settingsInvalid', `A setting is not valid: ${path} (${detail?.type ?? 'unknown'}).`, {
        details: { property: path },
    });
}
