import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { PackageError } from '../../http/errors';
import { FailedExpression, type MappingRule } from '../../sync/mapping';
import { type OroRecord, valueAt } from '../../sync/record';

type Evaluate = (record: OroRecord, message: NodeMessage) => unknown;

/** Prepares the left side of the mapping, so that a record costs as little as possible. */
export class Expressions {
    private readonly evaluations: readonly Evaluate[];

    constructor(
        private readonly RED: NodeAPI,
        private readonly node: Node,
        rules: readonly MappingRule[],
    ) {
        this.evaluations = rules.map((rule) => this.prepared(rule));
    }

    /** The values of one record, in the order of the rules; undefined means "do not send". */
    async values(record: OroRecord, message: NodeMessage): Promise<unknown[]> {
        const values = this.evaluations.map((evaluate) => evaluate(record, message));
        return values.some((value) => value instanceof Promise) ? Promise.all(values) : values;
    }

    private prepared(rule: MappingRule): Evaluate {
        switch (rule.fromType) {
            case 'record':
                return (record) => valueAt(record, rule.from);
            case 'msg':
                return (_, message) => this.messageProperty(message, rule.from);
            case 'jsonata':
                return this.jsonata(rule);
            case 'num':
                return constant(Number(rule.from));
            case 'bool':
                return constant(rule.from === 'true');
            case 'date':
                return rule.from === '' ? () => new Date() : constant(rule.from);
            case 'str':
                return constant(rule.from);
        }
    }

    /** Node-RED fails where a property of nothing is asked for; here it is nothing, too. */
    private messageProperty(message: NodeMessage, path: string): unknown {
        try {
            return this.RED.util.getMessageProperty(message, path);
        } catch {
            return undefined;
        }
    }

    /** JSONata sees the record: `firstName & ' ' & lastName`. */
    private jsonata(rule: MappingRule): Evaluate {
        const expression = this.parsed(rule);
        return (record) =>
            new Promise((resolve) => {
                this.RED.util.evaluateJSONataExpression(expression, record as unknown as NodeMessage, (error, value) => {
                    resolve(error === null || error === undefined ? value : failed(error));
                });
            });
    }

    private parsed(rule: MappingRule): ReturnType<NodeAPI['util']['prepareJSONataExpression']> {
        try {
            return this.RED.util.prepareJSONataExpression(rule.from, this.node);
        } catch (error) {
            const reason = error instanceof Error ? error.message : String((error as { message?: unknown }).message);
            throw new PackageError(
                'settingsInvalid',
                `mapping: the expression for ${rule.to} cannot be read: ${reason.replace(/\.$/, '')}. Open the node and correct it.`,
                { details: { property: 'mapping' } },
            );
        }
    }
}

/** JSONata's own text may repeat a value of the record: only its code goes on. */
function failed(error: unknown): FailedExpression {
    const { code } = error as { code?: unknown };
    return new FailedExpression(`the expression failed${typeof code === 'string' ? ` (JSONata ${code})` : ''}`);
}

function constant(value: unknown): Evaluate {
    return () => value;
}
