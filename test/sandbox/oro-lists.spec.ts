import 'should';
import { type Answered, type Item, members, oroRoom, refresh, START } from './oro-service';

const LEGACY = '/admin/api/rest/latest';

function detail(answer: Answered): string {
    const { errors } = answer.body as { errors: { title: string; detail: string }[] };
    return errors.map((error) => `${error.title}: ${error.detail}`).join('; ');
}

function chosen(answer: unknown, name: string): number[] {
    return (answer as Record<string, number[]>)[name] ?? [];
}

describe("marketing lists of the sandbox's OroCommerce", () => {
    it('are shown with kind, resource and segment', async () => {
        const { items } = await oroRoom().ask('/admin/api/marketinglists?page[size]=-1&sort=id');
        items
            .map((item) => {
                const type = item.relationships['marketingListType']?.data as { id: string };
                const segment = item.relationships['segment']?.data as { id: string } | null;
                return `${item.id} ${item.attributes['name']} ${type.id} ${String(item.attributes['entity']).split('\\').pop()} ${segment?.id ?? '-'}`;
            })
            .should.deepEqual([
                '1 Newsletter dynamic CustomerUser 101',
                '2 VIP customers static CustomerUser 102',
                '3 Trade fair 2025 static CustomerUser 103',
                '4 Newsletter contacts dynamic Contact 104',
                '5 Open leads dynamic Lead 105',
                '6 Abandoned carts dynamic Order 106',
                '7 Hand picked manual CustomerUser -',
            ]);
    });

    it('have no members until they were refreshed', async () => {
        const room = oroRoom();
        (await members(room, 101)).should.deepEqual([]);
        (await members(room, 103)).should.deepEqual([]);
        (await members(room, 102)).length.should.equal(50);
        (await refresh(room, 101)).should.equal(204);
        const main = await members(room, 101);
        main.length.should.equal(800);
        main.slice(0, 6).should.deepEqual([1, 2, 3, 4, 6, 7]);
    });

    it('get new row ids and a later last run with every refresh, and the same members', async () => {
        const room = oroRoom(100);
        const state = async (): Promise<unknown[]> => {
            const rows = await room.ask('/admin/api/segmentsnapshots?filter[segment]=101&sort=id&page[size]=2');
            const segment = await room.ask('/admin/api/segments/101?fields[segments]=lastRun');
            return [
                rows.items.map((item) => item.id),
                (segment.items[0] as Item).attributes['lastRun'],
                (await members(room, 101)).length,
            ];
        };
        (await state()).should.deepEqual([[], null, 0]);
        await refresh(room, 101);
        (await state()).should.deepEqual([['6', '7'], '2026-11-23T12:00:00Z', 80]);
        room.now = new Date(Date.parse(START) + 60_000);
        await refresh(room, 101);
        (await state()).should.deepEqual([['86', '87'], '2026-11-23T12:01:00Z', 80]);
    });

    it('show who joined and who left only after the next refresh', async () => {
        const room = oroRoom();
        await refresh(room, 101);
        const before = await members(room, 101);
        const answer = room.service.control({ join: 3, leave: 2, change: 4 });
        (await members(room, 101)).should.deepEqual(before);
        await refresh(room, 101);
        const after = await members(room, 101);
        after.filter((id) => !before.includes(id)).should.deepEqual(chosen(answer, 'joined'));
        before.filter((id) => !after.includes(id)).should.deepEqual(chosen(answer, 'left'));
        chosen(answer, 'joined').should.deepEqual([25, 30, 35]);
        chosen(answer, 'left').should.deepEqual([998, 999]);
        chosen(answer, 'changed').should.deepEqual([21, 22, 23, 24]);
    });

    it('are unknown to a stock Oro, which still refreshes them and names their segments', async () => {
        const room = oroRoom(100, true);
        const answer = await room.ask('/admin/api/marketinglists');
        answer.status.should.equal(404);
        detail(answer).should.equal('resource not accessible exception: The resource is not accessible.');
        (await refresh(room, 101)).should.equal(204);
        const segments = await room.ask(
            `${LEGACY}/segment/items.json?entityName=Oro_Bundle_ContactBundle_Entity_Contact&term=&page=1`,
        );
        (segments.body as object).should.deepEqual({
            results: [{ id: 'segment_104', text: 'Marketing List Newsletter contacts segment', type: 'segment' }],
            more: false,
        });
    });

    it('know who opted out and who was taken off by hand, and forget it', async () => {
        const room = oroRoom(100);
        const entities = async (type: string): Promise<unknown[]> => {
            const { items } = await room.ask(`/admin/api/${type}?filter[marketingList]=1&sort=id&page[size]=50`);
            return items.map((item) => item.attributes['entityId']);
        };
        (await entities('marketinglistunsubscribeditems')).should.deepEqual([51, 52]);
        (await entities('marketinglistremoveditems')).should.deepEqual([57]);
        room.service.control({ optOut: [7], resubscribe: [51], takeOff: [8], putBack: [57] });
        (await entities('marketinglistunsubscribeditems')).should.deepEqual([52, 7]);
        (await entities('marketinglistremoveditems')).should.deepEqual([8]);
    });

    it('of hand-picked people have items and no segment', async () => {
        const room = oroRoom(100);
        room.service.control({ list: 7, join: [20], leave: [2] });
        const { items } = await room.ask('/admin/api/marketinglistitems?filter[marketingList]=7&sort=id');
        items.map((item) => item.attributes['entityId']).should.deepEqual([1, 3, 6, 11, 20]);
    });
});
