import 'should';
import { members, type OroRoom, oroRoom, refresh, START } from './oro-service';

describe("the sandbox's OroCommerce", () => {
    describe('tokens', () => {
        it('end with their lifetime', async () => {
            const room = oroRoom();
            (await room.ask('/admin/api/userprofile')).status.should.equal(200);
            room.now = new Date(Date.parse(START) + 3_600_000);
            (await room.ask('/admin/api/userprofile')).status.should.equal(401);
        });

        it('end when they are all made worthless, without a reason in the answer', async () => {
            const room = oroRoom();
            await room.ask('/admin/api/userprofile');
            room.service.control({ expireTokens: true });
            const answer = await room.ask('/admin/api/userprofile');
            answer.status.should.equal(401);
            (answer.body === undefined).should.equal(true);
            answer.headers.should.not.have.property('www-authenticate');
        });

        it('of a storefront application open nothing in the back office', async () => {
            const room = oroRoom();
            const token = await room.token('sandbox-storefront');
            (await room.ask('/admin/api/customerusers', { token })).status.should.equal(401);
        });

        it('are as short as a command says', async () => {
            const room = oroRoom();
            room.service.control({ tokenLifetime: 5 });
            await room.ask('/admin/api/userprofile');
            room.now = new Date(Date.parse(START) + 5_000);
            (await room.ask('/admin/api/userprofile')).status.should.equal(401);
        });
    });

    describe('trouble', () => {
        it('shows as web pages where data was expected', async () => {
            const room = oroRoom();
            const state = async (command: Record<string, unknown>, url: string): Promise<unknown[]> => {
                room.service.control(command);
                const answer = await room.ask(url, { token: null, method: url === '/oauth2-token' ? 'POST' : 'GET' });
                return [answer.status, answer.headers['content-type'], answer.headers['www-authenticate']];
            };
            const page = 'text/html; charset=UTF-8';
            (await state({ stagingPassword: true }, '/oauth2-token')).should.deepEqual([401, page, 'Basic realm="Staging"']);
            (await state({ stagingPassword: false, maintenance: true }, '/oauth2-token')).should.deepEqual([
                503,
                page,
                undefined,
            ]);
            (await state({}, '/admin/api/customerusers')).should.deepEqual([415, page, undefined]);
            (await state({ maintenance: false }, '/')).should.deepEqual([200, page, undefined]);
        });

        it('is told for a command that does not exist', () => {
            const { service } = oroRoom();
            (() => service.control({ jion: 3 })).should.throw('oro.jion is not a command of the sandbox.');
        });
    });

    it('is the same again after its journal was replayed', async () => {
        const room = oroRoom(200);
        await refresh(room, 101);
        room.service.control({ join: 5, leave: 4, change: 3, optOut: 2, remove: [{ type: 'customerusers', id: 12 }] });
        room.service.control({ deny: ['leads'], removeAttribute: { type: 'customers', name: 'name' }, tokenLifetime: 60 });
        await refresh(room, 101);
        const again = oroRoom(200, false, room.journal);
        again.now = new Date(Date.parse(START) + 86_400_000);
        const look = async (from: OroRoom): Promise<unknown[]> => [
            await members(from, 101),
            (await from.ask('/admin/api/customerusers?page[size]=-1')).body,
            (await from.ask('/admin/api/customers/1')).body,
            (await from.ask('/admin/api/leads')).status,
            (await from.ask('/admin/api/marketinglistunsubscribeditems?page[size]=-1')).body,
            from.service.report(),
        ];
        (await look(again)).should.deepEqual(await look(room));
        again.journal.length.should.equal(room.journal.length);
    });
});
