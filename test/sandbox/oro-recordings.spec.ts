import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import 'should';
import { differences, type Recording, recordings } from './oro-recorded';
import { type Item, type OroRoom, oroRoom, START } from './oro-service';

const FOLDER = join(process.env['REFERENCE_DIR'] ?? resolve(process.cwd(), '../shared/reference'), 'oro-recordings');

/** The groups that the sandbox plays. */
const PLAYED =
    /^(token-|api-|userprofile|customerusers-(list|get|default|filter|include|meta|tags)|customers-list|contacts-(list|get|filter)|leads-list|orders-list|quotes-list|rfqs-list|marketinglists-|segments-|segmentsnapshots-|marketinglist\w*items-(list|filter|manual|after)|limited-user-|tags-(read|list|entities|filter|on)|oldrest-(marketinglist-segment-run|segment-|garbage|no-token)|searchquery-|searchtext-|maintenance-mode-|storefront-token|admin-token)/;

/** Recordings of these groups that are not replayed, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
    'api-post-with-application-json': 'it creates a record; the sandbox cannot be written to through the API',
    'limited-user-unsubscribeditems-create': 'it creates a record; the sandbox cannot be written to through the API',
    'customerusers-tags-add-after-enabling': 'an administrator enabled tags on customer users; the sandbox is as installed',
    'customerusers-tags-read-after-enabling': 'an administrator enabled tags on customer users; the sandbox is as installed',
    'userprofile-limited-user': 'another user than the one the sandbox has; the answer for one user is held against userprofile',
};

interface Setting {
    /** Commands that bring the sandbox into the state of the recording. */
    readonly control?: Record<string, unknown>;
    readonly stock?: boolean;
    readonly size?: number;
    /** Replacements in the address: other ids and texts in the sandbox's data. */
    readonly path?: readonly (readonly [string | RegExp, string])[];
    readonly client?: string;
    /** Lists that must have been refreshed. */
    readonly segments?: readonly number[];
}

const ALL_SEGMENTS = [101, 102, 104, 106];
const SEGMENT_PATH = [
    [/filter\[segment\]=3/, 'filter[segment]=102'],
    [/filter\[segment\]=4/, 'filter[segment]=101'],
    [/filter\[segment\]=6/, 'filter[segment]=106'],
    [/segments\/3\b/, 'segments/102'],
] as const;

/** The sandbox's records are older than those of the recordings. */
const OLDER = [[/2026-01-01/, '2019-01-01']] as const;

const SETTINGS: readonly (readonly [RegExp, Setting])[] = [
    [/web-api-(feature-)?disabled/, { control: { webApi: false } }],
    [/^maintenance/, { control: { maintenance: true } }],
    [/-stock/, { stock: true }],
    [/with-yaml/, { control: { audienceFile: true } }],
    [/^api-403/, { control: { deny: ['customerusers'] } }],
    [
        /^limited-user/,
        { control: { deny: ['marketinglists', 'segments'], optOut: [5], takeOff: [9] }, segments: ALL_SEGMENTS, size: 200 },
    ],
    [/^api-list-empty|list-empty$/, { size: 0 }],
    [/^storefront-token/, { client: 'sandbox-storefront' }],
    [/grant-not-allowed|password|refresh/, { client: 'sandbox-password' }],
    [/inactive-client/, { client: 'sandbox-inactive' }],
    [/^segments|^segmentsnapshots|marketinglists-list-fields/, { segments: ALL_SEGMENTS, path: SEGMENT_PATH, size: 600 }],
    [
        /segment-run-(contacts|dynamic|shoppinglist|static)/,
        {
            path: [
                ['/3/', '/102/'],
                ['/4/', '/101/'],
                ['/5/', '/104/'],
                ['/6/', '/106/'],
            ],
        },
    ],
    [
        /items-(list|filter|manual|after)/,
        {
            control: { optOut: [5, 7, 20], takeOff: [9] },
            path: [
                ['filter[marketingList]=2', 'filter[marketingList]=1'],
                ['filter[marketingList]=4', 'filter[marketingList]=7'],
            ],
        },
    ],
    [/marketinglists-filter-name/, { path: [['Manual%20list', 'Hand%20picked']] }],
    [/filter-email-array-with-yaml/, { path: [[/filter\[email\]=[^&]*/, 'filter[email]=EMAIL']] }],
    [/searchtext/, { path: [['amanda', 'NAME']] }],
    [/contacts-list-primaryEmail/, { size: 30, path: [[/filter\[primaryEmail\]=[^&]*/, 'filter[primaryEmail]=CONTACT']] }],
    [/contacts-list-emails/, { size: 30, path: [[/filter\[emails\]=[^&]*/, 'filter[emails]=CONTACT']] }],
    [/updatedAt-(gte|range|offset)$|customers-list-updatedAt|filter-updatedAt$/, { path: OLDER }],
    [/get-addresses-include/, { path: [['customerusers/1', 'customerusers/4']] }],
    [/shoppinglist-list/, { size: 60 }],
    [/^contacts/, { size: 20 }],
    [/^rfqs-list/, { size: 0 }],
    [/^quotes-list$|^orders-list$/, { size: 2, path: OLDER }],
    [/^orders-list-filter/, { path: [['filter[customerUser]=1', 'filter[customerUser]=4']] }],
    [/^tags/, { size: 60 }],
    [/customers-list|customergroups/, { size: 27 }],
];

function settingOf(name: string): Setting {
    return Object.assign({}, ...SETTINGS.filter(([names]) => names.test(name)).map(([, setting]) => setting));
}

async function preparedRoom(setting: Setting): Promise<OroRoom> {
    const room = oroRoom(setting.size ?? 27, setting.stock ?? false);
    for (const segment of setting.segments ?? []) {
        room.service.control({ rebuild: [segment] });
    }
    return room;
}

async function textOf(room: OroRoom, type: string, attribute: string): Promise<string> {
    const { items } = await room.ask(`/admin/api/${type}?page[size]=2&sort=id`);
    return items.map((item) => String(item.attributes[attribute])).join(',');
}

/** Sends the recorded request to a sandbox that is in the state of the recording. */
async function replay(recording: Recording): Promise<string[]> {
    const setting = settingOf(recording.name);
    const room = await preparedRoom(setting);
    const token = await room.token(setting.client === 'sandbox-storefront' ? setting.client : undefined);
    const client = setting.client ?? 'sandbox-client';
    const texts: Record<string, string> = {
        TOKEN: token,
        CLIENT_ID: client,
        CLIENT_SECRET: 'sandbox-secret',
        PASSWORD: 'sandbox-password',
        EMAIL: setting.size === 0 ? '' : await textOf(room, 'customerusers', 'email'),
        NAME: setting.size === 0 ? '' : ((await textOf(room, 'customerusers', 'firstName')).split(',')[0] ?? ''),
        CONTACT: setting.size === 0 ? '' : ((await textOf(room, 'contacts', 'primaryEmail')).split(',')[0] ?? ''),
    };
    if (recording.name === 'token-success-refresh') {
        const form = `grant_type=password&client_id=${client}&client_secret=sandbox-secret&username=admin&password=sandbox-password`;
        const { body } = await room.ask('/oauth2-token', { method: 'POST', body: form, token: null });
        texts['TOKEN'] = (body as { refresh_token: string }).refresh_token;
    }
    const fill = (text: string): string =>
        text.replace(/\b(CLIENT_ID|CLIENT_SECRET|PASSWORD|TOKEN|EMAIL|NAME|CONTACT)\b/g, (name) => texts[name] ?? name);
    const headers = Object.fromEntries(
        Object.entries(recording.request.headers).map(([name, value]) => [name.toLowerCase(), fill(value)]),
    );
    if (recording.name === 'token-success-basic-auth') {
        headers['authorization'] = `Basic ${Buffer.from(`${client}:sandbox-secret`).toString('base64')}`;
    }
    if (setting.control) {
        room.service.control(setting.control);
    }
    if (recording.name === 'api-expired-token') {
        room.now = new Date(Date.parse(START) + 3_601_000);
    }
    const path = (setting.path ?? []).reduce((text, [from, to]) => text.replace(from, to), recording.request.path);
    const { body } = recording.request;
    const text = body === undefined || body === null ? undefined : fill(typeof body === 'string' ? body : JSON.stringify(body));
    const answer = await room.ask(fill(path), {
        method: recording.request.method,
        body: text,
        token: null,
        headers: { accept: '', ...headers },
    });
    return differences(recording, answer);
}

describe('the sandbox beside the recorded OroCommerce 7.0.3', () => {
    if (!existsSync(FOLDER)) {
        it('answers like it (skipped: the folder of recordings is not there; set REFERENCE_DIR to it)', function () {
            this.skip();
        });
        return;
    }
    const found = recordings(FOLDER, PLAYED);

    for (const recording of found.filter(({ name }) => LEFT_OUT[name] === undefined)) {
        it(`answers ${recording.name} alike`, async () => {
            (await replay(recording)).should.deepEqual([]);
        });
    }

    it('would notice another status, another header, a missing attribute and another kind of value', async () => {
        const recording = found.find(({ name }) => name === 'customerusers-get') as Recording;
        const answer = await oroRoom(27).ask('/admin/api/customerusers/1');
        const { email: _, ...attributes } = (answer.items[0] as Item).attributes;
        const body = { ...(answer.body as object), data: { ...answer.items[0], attributes: { ...attributes, enabled: 'yes' } } };
        differences(recording, { ...answer, status: 201, headers: {}, body }).should.deepEqual([
            'status 201, in the recording 200',
            'content-type is undefined, in the recording application/vnd.api+json',
            'customerusers.attributes.email is missing',
            'customerusers.email is undefined, in the recording string',
            'customerusers.enabled is string, in the recording boolean',
        ]);
    });

    it('leaves out only recordings that exist', () => {
        const names = found.map(({ name }) => name);
        Object.keys(LEFT_OUT)
            .filter((name) => !names.includes(name))
            .should.deepEqual([]);
    });
});
