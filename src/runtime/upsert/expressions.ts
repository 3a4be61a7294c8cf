import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { PackageError } from '../../http/errors';
import type { MappingRule } from '../../sync/mapping';
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
                return (_, message) => this.RED.util.getMessageProperty(message, rule.from);
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

    /** JSONata sees the record: `firstName & ' ' & lastName`. */
    private jsonata(rule: MappingRule): Evaluate {
        const expression = this.RED.util.prepareJSONataExpression(rule.from, this.node);
        return (record) =>
            new Promise((resolve, reject) => {
                this.RED.util.evaluateJSONataExpression(expression, record as unknown as NodeMessage, (error, value) => {
                    if (error === null || error === undefined) resolve(value);
                    else
                        reject(
                            new PackageError(
                                'settingsInvalid',
                                `Mapping: the expression for ${rule.to} failed: ${error.message}`,
                                { details: { property: 'mapping' } },
                            ),
                        );
                });
            });
    }
}

function constant(value: unknown): Evaluate {
    return () => value;
}
