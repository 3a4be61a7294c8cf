import 'should';
import { type Item, oroRoom } from './oro-service';

describe("queries to the sandbox's OroCommerce", () => {
    it('walk through all records by key, each once', async () => {
        const room = oroRoom();
        const ids: number[] = [];
        for (let more = true; more; ) {
            const last = ids[ids.length - 1] ?? 0;
            const page = await room.ask(
                `/admin/api/customerusers?filter[id][gt]=${last}&sort=id&page[size]=300&fields[customerusers]=id`,
            );
            ids.push(...page.items.map((item) => Number(item.id)));
            more = page.next !== undefined;
        }
        ids.should.deepEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
    });

    it('understand ranges, lists, comparisons and existence, joined by and', async () => {
        const room = oroRoom();
        const ids = async (filter: string): Promise<string> =>
            (await room.ask(`/admin/api/customers?${filter}&page[size]=100&sort=id`)).items.map((item) => item.id).join();
        (await ids('filter[id]=3..5,9')).should.equal('3,4,5,9');
        (await ids('filter[id][gte]=97&filter[id][neq]=98')).should.equal('97,99,100');
        (await ids('filter[group][exists]=false')).should.equal('10,20,30,40,50,60,70,80,90,100');
        (await ids('filter[group]=1&filter[id][lte]=9')).should.equal('3,6,9');
        (await ids('filter[group][neq_or_null]=1&filter[id][lte]=12')).should.equal('1,2,4,5,7,8,10,11');
        (await ids('filter[group.name]=VIP&filter[id][lt]=9')).should.equal('2,5,8');
    });

    it('follow a customer who gets another group, and a person who gets another customer', async () => {
        const room = oroRoom(100);
        const ofVip = async (): Promise<string[]> =>
            (await room.ask('/admin/api/customerusers?filter[customer.group]=3&filter[id][lte]=6')).items.map((item) => item.id);
        (await ofVip()).should.deepEqual(['2', '5']);
        room.service.control({
            change: [
                { type: 'customers', id: 1, attributes: { group: '3' } },
                { type: 'customerusers', id: 5, attributes: { customer: '3' } },
            ],
        });
        (await ofVip()).should.deepEqual(['1', '2']);
        const users = (await room.ask('/admin/api/customers/3')).items[0]?.relationships['users']?.data as { id: string }[];
        users.map((user) => user.id).should.containEql('5');
    });

    it('name every parameter that is not understood', async () => {
        const answer = await oroRoom().ask(
            '/admin/api/customerusers?filter[updatedAt][gte]=2026-01-01&foo=1&filter[enabled]=true',
        );
        answer.status.should.equal(400);
        const { errors } = answer.body as { errors: { source: { parameter: string } }[] };
        errors.map((error) => error.source.parameter).should.deepEqual(['filter[updatedAt][gte]', 'foo', 'filter[enabled]']);
    });

    it('may ask for the times of people only where the file for audiences is installed', async () => {
        const room = oroRoom();
        room.service.control({ audienceFile: true, change: [{ id: 7, attributes: { lastName: 'x' } }] });
        const answer = await room.ask(
            '/admin/api/customerusers?filter[updatedAt][gte]=2026-11-23&sort=-updatedAt&fields[customerusers]=email',
        );
        answer.items.map((item) => item.id).should.deepEqual(['7']);
    });

    it('search by time, newest id first whatever the order asked for', async () => {
        const room = oroRoom();
        room.service.control({ change: [5, 3, 9].map((id) => ({ id, attributes: { lastName: 'x' } })) });
        const search = encodeURIComponent('updatedAt >= "2026-11-23 00:00:00"');
        const answer = await room.ask(
            `/admin/api/customerusers?filter[searchQuery]=${search}&sort=updatedAt&fields[customerusers]=email`,
        );
        answer.items.map((item) => item.id).should.deepEqual(['9', '5', '3']);
    });

    it('show an included record once, and none that fields leave out', async () => {
        const room = oroRoom(20);
        const included = async (fields: string): Promise<string[]> => {
            const url = `/admin/api/customerusers?include=customer.group&page[size]=20&fields[customerusers]=${fields}&fields[customers]=name,group`;
            const { included = [] } = (await room.ask(url)).body as { included?: Item[] };
            return included.map((item) => `${item.type} ${item.id}`).sort();
        };
        (await included('email,customer')).should.deepEqual([
            'customergroups 2',
            'customergroups 3',
            'customers 1',
            'customers 2',
        ]);
        (await included('email')).should.deepEqual([]);
    });

    it('leave out what the role may not see', async () => {
        const room = oroRoom(20);
        room.service.control({ deny: ['customers'] });
        (await room.ask('/admin/api/customers')).status.should.equal(403);
        const answer = await room.ask('/admin/api/customerusers/1?include=customer&fields[customerusers]=customer');
        (answer.items[0] as Item).relationships['customer']?.should.have.property('data', null);
        (answer.body as object).should.not.have.property('included');
    });

    it('cut the records of a tag at a thousand without saying so', async () => {
        const answer = await oroRoom(20_000).ask('/admin/api/tags/3/relationships/entities');
        answer.items.length.should.equal(1_000);
        (await oroRoom(1_000).ask('/admin/api/tags/3/relationships/entities')).items.length.should.equal(150);
    });
});
