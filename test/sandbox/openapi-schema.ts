import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The parts of an OpenAPI schema that the published files use. */
interface Schema {
    readonly $ref?: string;
    readonly type?: string;
    readonly enum?: readonly unknown[];
    readonly nullable?: boolean;
    readonly required?: readonly string[];
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly additionalProperties?: boolean | Schema;
    readonly items?: Schema;
    readonly allOf?: readonly Schema[];
    readonly oneOf?: readonly Schema[];
    readonly minItems?: number;
}

interface Operation {
    readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }>>;
}

/** The files describe an empty object where there is no body. */
const NO_CONTENT = 204;

/** Where the published files are, or null where they are not. */
export function referenceFolder(): string | null {
    const folder = process.env['REFERENCE_DIR'] ?? resolve(process.cwd(), '..', 'shared', 'reference');
    return existsSync(join(folder, 'openapi')) ? join(folder, 'openapi') : null;
}

/** One of Dotdigital's published files (JSON whatever the name says). */
export class OpenApiFile {
    private readonly document: { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

    constructor(folder: string, name: string) {
        this.document = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    }

    /**
     * What of an answer does not fit its schema, as `path: problem`; empty when all does.
     *
     * @throws Error when the file does not describe such an answer
     */
    problems(method: string, path: string, status: number, body: unknown): string[] {
        const response = this.document.paths[path]?.[method.toLowerCase()]?.responses[String(status)];
        if (!response) throw new Error(`${method} ${path} with ${status} is not described`);
        const schema = Object.values(response.content ?? {})[0]?.schema;
        return schema && status !== NO_CONTENT ? this.check(schema, body, 'body', []) : [];
    }

    /** @param siblings properties that other parts of an `allOf` describe: the files close one part and add to it in the next */
    private check(schema: Schema, value: unknown, path: string, siblings: readonly string[]): string[] {
        if (schema.$ref) return this.check(this.resolve(schema.$ref), value, path, siblings);
        if (value === null && schema.nullable) return [];
        if (schema.oneOf?.length && schema.oneOf.every((one) => this.check(one, value, path, []).length))
            return [`${path}: none of the alternatives`];
        const parts = schema.allOf ?? [];
        const known = [...siblings, ...parts.flatMap((part) => this.propertiesOf(part))];
        const problems = parts.flatMap((part) => this.check(part, value, path, known));
        if (schema.type && !hasType(schema.type, value))
            return [`${path}: ${JSON.stringify(value)} is not of type ${schema.type}`];
        if (schema.enum && !schema.enum.includes(value))
            problems.push(`${path}: ${JSON.stringify(value)} is not one of ${schema.enum.join()}`);
        if (Array.isArray(value)) problems.push(...this.checkItems(schema, value, path));
        else if (typeof value === 'object' && value !== null)
            problems.push(...this.checkProperties(schema, { ...value }, path, siblings));
        return problems;
    }

    private checkItems(schema: Schema, items: readonly unknown[], path: string): string[] {
        const problems = items.flatMap((item, index) =>
            schema.items ? this.check(schema.items, item, `${path}[${index}]`, []) : [],
        );
        if (items.length < (schema.minItems ?? 0)) problems.push(`${path}: fewer than ${schema.minItems} items`);
        return problems;
    }

    private checkProperties(
        schema: Schema,
        object: Record<string, unknown>,
        path: string,
        siblings: readonly string[],
    ): string[] {
        const { properties = {}, required = [], additionalProperties } = schema;
        const problems = required.filter((name) => object[name] === undefined).map((name) => `${path}.${name}: is missing`);
        for (const [name, value] of Object.entries(object)) {
            const property = properties[name];
            if (property) problems.push(...this.check(property, value, `${path}.${name}`, []));
            else if (additionalProperties === false && !siblings.includes(name))
                problems.push(`${path}.${name}: is not in the schema`);
            else if (typeof additionalProperties === 'object')
                problems.push(...this.check(additionalProperties, value, `${path}.${name}`, []));
        }
        return problems;
    }

    private propertiesOf(schema: Schema): string[] {
        const whole = schema.$ref ? this.resolve(schema.$ref) : schema;
        return [...Object.keys(whole.properties ?? {}), ...(whole.allOf ?? []).flatMap((part) => this.propertiesOf(part))];
    }

    private resolve(reference: string): Schema {
        const steps = reference.replace(/^#\//, '').split('/');
        return steps.reduce<unknown>((place, step) => (place as Record<string, unknown>)[step], this.document) as Schema;
    }
}

function hasType(type: string, value: unknown): boolean {
    if (type === 'array') return Array.isArray(value);
    if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
    if (type === 'integer') return Number.isInteger(value);
    return typeof value === type;
}
