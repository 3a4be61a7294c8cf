import type { NodeAPI } from 'node-red';
import type { MappingRule } from '../../sync/mapping';
import { type OroRecord, valueAt } from '../../sync/record';

/** What a mapping row gives for one record, or why it gives nothing. */
export type RuleValue = { readonly value: unknown } | { readonly code: 'expressionFailed' };

type Rule = Pick<MappingRule, 'from' | 'fromType'>;

/**
 * The value of a mapping row for one record outside of a flow: expressions and message properties see a message with
 * nothing but the record as its payload.
 */
export async function ruleValue(RED: NodeAPI, nodeId: string, rule: Rule, record: OroRecord): Promise<RuleValue> {
    switch (rule.fromType) {
        case 'record':
            return { value: valueAt(record, rule.from) };
        case 'str':
            return { value: rule.from };
        case 'num':
            return { value: Number(rule.from) };
        case 'bool':
            return { value: rule.from === 'true' };
        case 'msg':
        case 'jsonata':
        case 'date':
            return evaluated(RED, nodeId, rule, record);
    }
}

function evaluated(RED: NodeAPI, nodeId: string, { from, fromType }: Rule, record: OroRecord): Promise<RuleValue> {
    const node = RED.nodes.getNode(nodeId) ?? {};
    return new Promise((resolve) => {
        const done = (error: Error | null, value: unknown) => resolve(error === null ? { value } : { code: 'expressionFailed' });
        try {
            RED.util.evaluateNodeProperty(from, fromType, node as never, { payload: record }, done);
        } catch {
            resolve({ code: 'expressionFailed' });
        }
    });
}
