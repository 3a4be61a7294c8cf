import type { DataField } from '../../dotdigital/data-fields';
import { type DataFieldType, type MappedContact, type MappingRule, mapContact, type Target } from '../../sync/mapping';
import type { OroRecord } from '../../sync/record';
import { isIdentifier } from '../account-directory';
import { rulesOf } from '../upsert/upserter';
import type { UpsertBody } from './bodies';
import type { RuleValue } from './rule-values';

/** Something about the person that could not be sent. */
export interface TrialProblem {
    /** Data field or identifier; '' for the contact as a whole. */
    readonly field: string;
    readonly code: string;
    readonly text: string;
}

/** The person as they would be sent. */
export interface TrialMapping {
    readonly mapped: MappedContact;
    /** Rows whose data field the account does not have. They are mapped as if it had. */
    readonly missing: readonly MappingRule[];
    readonly problems: readonly TrialProblem[];
}

const TYPES: readonly DataFieldType[] = ['String', 'Numeric', 'Date', 'Boolean'];

/** Maps one person. Unlike a run, it goes on where a data field is missing: the dialog shows what the others become. */
export async function mapPerson(
    upsert: UpsertBody,
    record: OroRecord,
    fields: readonly DataField[],
    ruleValue: (rule: MappingRule) => Promise<RuleValue>,
): Promise<TrialMapping> {
    const rules = rulesOf(upsert);
    const found = rules.map((rule) => targetOf(rule, fields));
    const problems: TrialProblem[] = [];
    const values = await Promise.all(
        rules.map(async (rule) => {
            const result = await ruleValue(rule);
            if ('value' in result) return result.value;
            problems.push({ field: rule.to, code: result.code, text: 'The expression failed for this person.' });
            return undefined;
        }),
    );
    const mapped = mapContact(
        record,
        values,
        found.map(({ target }) => target),
    );
    problems.push(...mapped.problems.map(({ field, code, reason }) => ({ field, code, text: reason })));
    return { mapped, missing: rules.filter((_, index) => found[index]?.missing === true), problems };
}

function targetOf(rule: MappingRule, fields: readonly DataField[]): { target: Target; missing: boolean } {
    const { to, toType } = rule;
    if (isIdentifier(rule)) return { target: { kind: 'identifier', name: to }, missing: false };
    const field = fields.find(({ name }) => name.toLowerCase() === to.toLowerCase());
    const type = field?.type ?? TYPES.find((each) => each === toType) ?? 'String';
    return { target: { kind: 'dataField', name: field?.name ?? to, type }, missing: field === undefined };
}
