/**
 * The limit: a bare script that reads the same list and imports it with as much overlap as the protocol allows. It knows
 * no consent, no memory and no failure. Runs in a process of its own and prints one JSON line.
 *
 * `node bare.js '{"oroUrl": …, "dotdigitalUrl": …, "credentials": …, "list": 1, "to": 1001}'`
 */
interface Task {
    readonly oroUrl: string;
    readonly dotdigitalUrl: string;
    readonly credentials: Readonly<Record<'oroClientId' | 'oroClientSecret' | 'dotdigitalUser' | 'dotdigitalPassword', string>>;
    readonly list: number;
    readonly to: number;
}

interface Person {
    readonly id: string;
    readonly attributes: { readonly email: string | null; readonly firstName: string | null; readonly lastName: string | null };
}

const PAGE = 5000;
const POLL_AFTER = 200;

async function main(task: Task): Promise<void> {
    const begun = Date.now();
    let requests = 0;
    const json = async <T>(url: string, init: RequestInit): Promise<T> => {
        requests++;
        const answer = await fetch(url, init);
        if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${url}: ${answer.status}`);
        return (answer.status === 204 ? undefined : await answer.json()) as T;
    };
    const { oroClientId, oroClientSecret, dotdigitalUser, dotdigitalPassword } = task.credentials;
    const grant = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: oroClientId,
        client_secret: oroClientSecret,
    });
    const { access_token } = await json<{ access_token: string }>(`${task.oroUrl}/oauth2-token`, { method: 'POST', body: grant });
    const oro = { authorization: `Bearer ${access_token}`, accept: 'application/vnd.api+json' };
    const dotdigital = {
        authorization: `Basic ${Buffer.from(`${dotdigitalUser}:${dotdigitalPassword}`).toString('base64')}`,
        'content-type': 'application/json',
    };
    const segment = task.list + 100;
    await json(`${task.oroUrl}/admin/api/rest/latest/marketinglists/${segment}/segments/runs.json`, {
        method: 'POST',
        headers: oro,
    });

    const ids = async (after: number) => {
        const query = `filter[segment]=${segment}&sort=integerEntityId&filter[integerEntityId][gt]=${after}&page[size]=${PAGE}&fields[segmentsnapshots]=integerEntityId`;
        const page = await json<{ data: { attributes: { integerEntityId: number } }[] }>(
            `${task.oroUrl}/admin/api/segmentsnapshots?${query}`,
            { headers: oro },
        );
        return page.data.map((item) => item.attributes.integerEntityId);
    };
    const people = async (page: readonly number[]) => {
        const body = {
            filter: { id: page.join(',') },
            page: { size: String(page.length) },
            fields: { customerusers: 'email,firstName,lastName,updatedAt' },
        };
        const headers = { ...oro, 'content-type': 'application/vnd.api+json', 'x-http-method-override': 'GET' };
        return (
            await json<{ data: Person[] }>(`${task.oroUrl}/admin/api/customerusers`, {
                method: 'POST',
                headers,
                body: JSON.stringify(body),
            })
        ).data;
    };
    const deliver = async (page: readonly Person[]) => {
        const contacts = page
            .filter((person) => person.attributes.email !== null)
            .map((person) => ({
                matchIdentifier: 'email',
                identifiers: { email: person.attributes.email?.trim().toLowerCase() },
                dataFields: { FIRSTNAME: person.attributes.firstName, LASTNAME: person.attributes.lastName },
                lists: [task.to],
            }));
        const body = JSON.stringify({ mergeOption: 'overwriteIfNotEmpty', contacts });
        const { importId } = await json<{ importId: string }>(`${task.dotdigitalUrl}/contacts/v3/import`, {
            method: 'PUT',
            headers: dotdigital,
            body,
        });
        for (;;) {
            await new Promise((resolve) => setTimeout(resolve, POLL_AFTER));
            const { status } = await json<{ status: string }>(`${task.dotdigitalUrl}/contacts/v3/import/${importId}`, {
                headers: dotdigital,
            });
            if (status !== 'NotFinished') return;
        }
    };

    const imports: Promise<void>[] = [];
    let read = 0;
    let next = ids(0);
    let reading: Promise<Person[]> | null = null;
    for (;;) {
        const page = await next;
        if (page.length > 0) next = ids(page[page.length - 1] ?? 0);
        const last = await reading;
        if (last !== null) imports.push(deliver(last));
        if (page.length === 0) break;
        read += page.length;
        reading = people(page);
    }
    await Promise.all(imports);
    process.stdout.write(
        `${JSON.stringify({ records: read, milliseconds: Date.now() - begun, requests, imports: imports.length })}\n`,
    );
}

main(JSON.parse(process.argv[2] ?? '{}') as Task).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
});
