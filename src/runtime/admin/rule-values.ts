import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { FailedExpression, type MappingRule } from '../../sync/mapping';
import type { OroRecord } from '../../sync/record';
import { Expressions } from '../upsert/expressions';

/** What a mapping row gives for one record, or why it gives nothing. */
export type RuleValue = { readonly value: unknown } | { readonly code: 'expressionFailed' };

/**
 * The value of a mapping row for one record outside of a flow: properties of the message are looked up in one that holds
 * nothing but the record.
 */
export async function ruleValue(RED: NodeAPI, nodeId: string, rule: MappingRule, record: OroRecord): Promise<RuleValue> {
    const node = (RED.nodes.getNode(nodeId) ?? {}) as Node;
    try {
        const [value] = await new Expressions(RED, node, [rule]).values(record, { payload: record } as unknown as NodeMessage);
        return value instanceof FailedExpression ? { code: 'expressionFailed' } : { value };
    } catch {
        return { code: 'expressionFailed' };
    }
}
