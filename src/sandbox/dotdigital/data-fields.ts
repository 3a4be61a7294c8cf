import type { SandboxAnswer, SandboxRequest } from '../service';
import type { AccountState, Timed } from './account-state';
import { Refusal, v2Error } from './answers';
import { isRecord } from './contact-body';
import { checkedValue, type DataField, FIELD_TYPES, type FieldType, type FieldValue } from './data-field-store';
import { type Desk, type Resource, route, v2Body } from './route';

const NAME = /^[a-zA-Z0-9_-]{1,20}$/;
const RESERVED_NAMES =
    'account campaign campaignid contact contact_api_id contactid email hcontactid hemail hemail256 id messagecontent mobilenumberid notes unsubscribed uniquecontactid'.split(
        ' ',
    );

interface Created extends Timed {
    readonly name: string;
    readonly type: FieldType;
    readonly visibility: 'Private' | 'Public';
    readonly defaultValue: FieldValue;
}

/** Contact data fields (Dotdigital API, /v2/data-fields). */
export const dataFields: Resource = {
    routes: [
        route('GET', '/v2/data-fields', 'high', (desk) => ({ status: 200, body: desk.account.fields.all().map(fieldView) })),
        route('POST', '/v2/data-fields', 'medium', create),
        route('DELETE', '/v2/data-fields/{part}', 'medium', (desk, _request, name = '') => {
            const field = desk.account.fields.find(name);
            if (!field) throw new Refusal(v2Error(404, 'Data field not found. ERROR_DATAFIELD_NOTFOUND'));
            if (field.builtIn) return { status: 200, body: { result: false, dependencies: ['Built-in data field'] } };
            desk.commit('fieldRemoved', { name: field.name });
            return { status: 200, body: { result: true, dependencies: null } };
        }),
    ],
    operations: {
        fieldCreated: (account: AccountState, { name, type, visibility, defaultValue }: Created) =>
            account.fields.add(name, type, visibility, defaultValue),
        fieldRemoved: (account: AccountState, { name }: Timed & { name: string }) => account.fields.remove(name),
    },
};

function create(desk: Desk, request: SandboxRequest): SandboxAnswer {
    const sent = v2Body(request);
    const body = isRecord(sent) ? Object.fromEntries(Object.entries(sent).map(([key, value]) => [key.toLowerCase(), value])) : {};
    const { name, type, visibility = 'Private', defaultvalue = null } = body;
    if (typeof name !== 'string' || !NAME.test(name))
        throw invalid('The name of the data field is invalid. ERROR_DATAFIELD_INVALIDNAME');
    if (RESERVED_NAMES.includes(name.toLowerCase()))
        throw invalid('The name of the data field is reserved. ERROR_DATAFIELD_RESERVEDNAME');
    const knownType = FIELD_TYPES.find((known) => known === type);
    if (!knownType) throw invalid('The type of the data field is invalid. ERROR_DATAFIELD_INVALIDTYPE');
    if (visibility !== 'Private' && visibility !== 'Public') throw invalid('The visibility is invalid. ERROR_DATAFIELD_INVALID');
    if (desk.account.fields.find(name)) throw invalid('Field already exists. ERROR_NON_UNIQUE_DATAFIELD');
    const field: DataField = {
        name: name.toUpperCase(),
        type: knownType,
        visibility,
        defaultValue: null,
        column: 0,
        builtIn: false,
    };
    const checked = checkedValue(field, defaultvalue);
    if ('problem' in checked) throw invalid('The default value is invalid. ERROR_DATAFIELD_INVALIDDEFAULT');
    desk.commit('fieldCreated', { name: field.name, type: field.type, visibility, defaultValue: checked.value });
    return { status: 201, body: fieldView({ ...field, defaultValue: checked.value }) };
}

const invalid = (message: string): Refusal => new Refusal(v2Error(400, message));

const fieldView = ({ name, type, visibility, defaultValue }: DataField): Record<string, unknown> => ({
    name,
    type,
    visibility,
    defaultValue,
});
