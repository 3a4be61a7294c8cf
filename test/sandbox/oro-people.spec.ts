import 'should';
import { type Item, members, type OroRoom, oroRoom, refresh, START } from './oro-service';

async function person(room: OroRoom, id: number, fields = 'email,lastName,updatedAt'): Promise<Item> {
    return (await room.ask(`/admin/api/customerusers/${id}?fields[customerusers]=${fields}`)).items[0] as Item;
}

describe("people of the sandbox's OroCommerce", () => {
    it('are generated with known faults among them', async () => {
        const room = oroRoom();
        await refresh(room, 101);
        const ids = await members(room, 101);
        const { items } = await room.ask('/admin/api/customerusers', {
            method: 'POST',
            headers: { 'x-http-method-override': 'GET', 'content-type': 'application/vnd.api+json' },
            body: { filter: { id: ids.join(',') }, page: { size: '5000' }, fields: { customerusers: 'email,lastName' } },
        });
        const kept = items.filter((item) => Number(item.id) % 100 !== 57);
        const emails = kept.flatMap((item) => (item.attributes['email'] === null ? [] : [String(item.attributes['email'])]));
        const addresses = emails.map((email) => email.trim().toLowerCase());
        const invalid = addresses.filter((address) => !/^[^\s@]+@[^\s@]+\.[a-z]+$/.test(address));
        ({
            members: kept.length,
            withoutEmail: kept.length - emails.length,
            duplicates: addresses.length - new Set(addresses).size,
            invalid: invalid.length,
            longNames: kept.filter((item) => String(item.attributes['lastName']).length > 1_000).length,
        }).should.deepEqual({ members: 790, withoutEmail: 10, duplicates: 30, invalid: 10, longNames: 2 });
        room.service.seed().main.should.deepEqual({
            members: 790,
            matching: 800,
            withoutEmail: 10,
            duplicates: 30,
            optedOut: 20,
            removed: 10,
            invalid: 10,
            longNames: 2,
            phonesWithoutCode: 20,
            emoji: 10,
            oddAddresses: 30,
            deliverable: 720,
        });
    });

    it('are the same in another sandbox of the same size and seed', async () => {
        (await person(oroRoom(), 77)).should.deepEqual(await person(oroRoom(), 77));
    });

    it('change with the time of the sandbox', async () => {
        const room = oroRoom();
        await room.ask('/admin/api/userprofile');
        room.now = new Date(Date.parse(START) + 90_000);
        room.service.control({ change: [{ type: 'customerusers', id: 7, attributes: { lastName: 'New' } }] });
        (await person(room, 7, 'lastName,updatedAt')).attributes.should.deepEqual({
            lastName: 'New',
            updatedAt: '2026-11-23T12:01:30Z',
        });
    });

    it('get an attribute that nobody has yet, and lose one that everybody had', async () => {
        const room = oroRoom();
        room.service.control({
            change: [{ type: 'customerusers', id: 7, attributes: { optOut: true } }],
            removeAttribute: { type: 'customerusers', name: 'lastName' },
        });
        (await person(room, 7, 'optOut,lastName')).attributes.should.deepEqual({ optOut: true });
        (await person(room, 8, 'optOut,lastName')).attributes.should.deepEqual({ optOut: null });
    });

    it('who were deleted are gone from everything but the rows stored before', async () => {
        const room = oroRoom(100);
        await refresh(room, 101);
        room.service.control({ remove: [{ type: 'customerusers', id: 7 }] });
        (await room.ask('/admin/api/customerusers/7')).status.should.equal(404);
        (await room.ask('/admin/api/customerusers?filter[id]=6,7,8')).items.map((item) => item.id).should.deepEqual(['6', '8']);
        (await members(room, 101)).should.containEql(7);
        await refresh(room, 101);
        (await members(room, 101)).should.not.containEql(7);
        room.service.report().should.have.propertyByPath('members', '1').eql(78);
    });

    it('who are hidden stay members, are left out of lists and refused by id', async () => {
        const room = oroRoom(100);
        room.service.control({ hide: [{ type: 'customerusers', id: 7 }] });
        await refresh(room, 101);
        (await members(room, 101)).should.containEql(7);
        (await room.ask('/admin/api/customerusers?filter[id]=6,7,8')).items.map((item) => item.id).should.deepEqual(['6', '8']);
        (await room.ask('/admin/api/customerusers/7')).status.should.equal(403);
    });

    it('cost nothing but the page that is read, a million of them too', async () => {
        const room = oroRoom(1_000_000);
        const page = await room.ask(
            '/admin/api/customerusers?filter[id][gt]=999990&sort=id&page[size]=5000&fields[customerusers]=email',
        );
        page.items.length.should.equal(10);
        (page.next === undefined).should.equal(true);
    });
});
