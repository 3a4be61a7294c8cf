import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The part of a JSON schema that is looked at here. */
export interface Schema {
    readonly $ref?: string;
    readonly allOf?: readonly Schema[];
    readonly type?: string;
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly additionalProperties?: boolean | Schema;
    readonly required?: readonly string[];
    readonly items?: Schema;
    readonly enum?: readonly unknown[];
    readonly pattern?: string;
    readonly maxLength?: number;
    readonly minItems?: number;
    readonly maxItems?: number;
}

interface Operation {
    readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema?: Schema }[];
    readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
}

/** One of Dotdigital's own descriptions. */
export interface Description {
    readonly file: string;
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** An operation that a request is one of. */
export interface Found {
    readonly description: Description;
    readonly operation: Operation;
}

/** All descriptions of a folder; those named .yaml are JSON too. */
export function descriptionsIn(folder: string): Description[] {
    const files = readdirSync(folder).filter((file) => /\.(json|yaml)$/.test(file));
    return files.map((file) => ({ ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Description), file }));
}

/** Every description's operation for a method and path: several files describe some of them. */
export function operationsFor(descriptions: readonly Description[], method: string, path: string): Found[] {
    const matches = (template: string) =>
        new RegExp(`^${template.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}/?$`).test(path);
    return descriptions.flatMap((description) =>
        Object.entries(description.paths).flatMap(([template, operations]) => {
            const operation = operations[method.toLowerCase()];
            return operation !== undefined && matches(template) ? [{ description, operation }] : [];
        }),
    );
}

/** What is wrong with a value, by place; nothing when it fits. */
export function misfits(value: unknown, schema: Schema, description: Description, place = 'body'): string[] {
    const parts = flattened(schema, description);
    const known = new Set(parts.flatMap(({ properties = {} }) => Object.keys(properties)));
    const open =
        known.size === 0 ||
        parts.some(({ additionalProperties }) => additionalProperties !== undefined && additionalProperties !== false);
    const found = parts.flatMap((part) => ownMisfits(value, part, place));
    if (Array.isArray(value)) {
        const items = parts.find((part) => part.items !== undefined)?.items;
        return items === undefined
            ? found
            : [...found, ...value.flatMap((item, index) => misfits(item, items, description, `${place}[${index}]`))];
    }
    if (typeof value !== 'object' || value === null) {
        return found;
    }
    for (const [name, inner] of Object.entries(value)) {
        const described = parts.flatMap(({ properties }) => properties?.[name] ?? []);
        if (described.length > 0) {
            found.push(...misfits(inner, { allOf: described }, description, `${place}.${name}`));
        } else if (!open) {
            found.push(`${place}.${name} is not described`);
        }
    }
    return found;
}

function ownMisfits(value: unknown, schema: Schema, place: string): string[] {
    const {
        type,
        required = [],
        pattern,
        maxLength = Number.POSITIVE_INFINITY,
        minItems = 0,
        maxItems = Number.POSITIVE_INFINITY,
    } = schema;
    const kind = Array.isArray(value) ? 'array' : Number.isInteger(value) && type === 'integer' ? 'integer' : typeof value;
    const length = Array.isArray(value) ? value.length : minItems;
    const text = typeof value === 'string' ? value : '';
    return [
        ...(type !== undefined && kind !== type ? [`${place} is ${kind} instead of ${type}`] : []),
        ...required
            .filter((name) => typeof value !== 'object' || !(name in (value as object)))
            .map((name) => `${place}.${name} is missing`),
        ...(schema.enum !== undefined && !schema.enum.includes(value) ? [`${place} is none of ${schema.enum.join(', ')}`] : []),
        ...(pattern !== undefined && text !== '' && !new RegExp(`^(?:${pattern})$`).test(text)
            ? [`${place} is not ${pattern}`]
            : []),
        ...(text.length > maxLength || length < minItems || length > maxItems ? [`${place} has a wrong length`] : []),
    ];
}

function flattened(schema: Schema, description: Description): Schema[] {
    const target = schema.$ref === undefined ? schema : description.components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''];
    if (target === undefined) {
        throw new Error(`${schema.$ref} is missing in ${description.file}`);
    }
    return [target, ...(target.allOf ?? []).flatMap((part) => flattened(part, description))];
}
