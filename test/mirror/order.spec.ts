import 'should';
import should from 'should';
import {
    connectionNode,
    type Mirror,
    type MirrorOptions,
    NEWSLETTER,
    probeNode,
    readerNode,
    startMirror,
    upsertNode,
} from './mirror';

/** Eight people, of whom all but the fifth are members; every change goes by an import, however small. */
const SMALL: MirrorOptions = { sandbox: { size: 8 }, limits: { singly: 0 } };
const TWO_HOURS = 2 * 3600 * 1000;
/** Long enough for a node to send what it must not send. Only a test that has to fail depends on it. */
const A_MOMENT = 500;

const moment = () => new Promise((resolve) => setTimeout(resolve, A_MOMENT));
const running = (mirror: Mirror) => mirror.report().imports.filter((each) => each.status === 'NotFinished');

/** Lets held imports end, the newest first, as long as new ones come: who sends two about one contact mixes them up. */
async function finishNewestFirst(mirror: Mirror): Promise<void> {
    for (let calm = 0; calm < 2; calm++) {
        await moment();
        const newest = running(mirror).at(-1);
        if (newest === undefined) continue;
        await mirror.control({ finish: newest.importId });
        calm = -1;
    }
}

describe("order of the mirror's writes", () => {
    let mirror: Mirror;
    const start = async (options: MirrorOptions = SMALL) => {
        mirror = await startMirror(options);
        for (const id of [1, 2, 3, 4, 5, 6, 7, 8])
            await mirror.change(id, { email: `p${id}@example.com`, lastName: `Name ${id}` });
        await mirror.cleanRun();
        await mirror.control({ imports: 'hold' });
    };
    const heldImports = (number: number) => mirror.until(`${number} held imports`, () => running(mirror).length === number);
    const lastName = async (email: string) => (await mirror.contact(email))?.dataFields['LASTNAME'];
    const looks = () => mirror.requests('GET /contacts/v3/import/{id}');
    const on = async (list = NEWSLETTER) => (await mirror.addresses(list)).map((email) => email.slice(0, email.indexOf('@')));

    afterEach(() => mirror.stop());

    describe('1, intent first', () => {
        it('asks for an import that a killed process had started before it sends anything newer', async () => {
            await start();
            await mirror.change(1, { lastName: 'Second' });
            mirror.begin();
            await heldImports(1);
            // The id of the import is kept once the node asks for it.
            const before = looks();
            await mirror.until('a look at the import', () => looks() > before);
            const left = mirror.die();
            await mirror.control({ clearFaults: true });
            await mirror.change(1, { lastName: 'Third' });
            await mirror.rise(left);
            const asked = looks();
            await mirror.until('looks at the import', () => looks() > asked + 5);
            running(mirror).length.should.equal(1);
            await finishNewestFirst(mirror);
            const summary = await mirror.summary();

            summary.unconfirmed.should.equal(0);
            should(await lastName('p1@example.com')).equal('Third');
            (await mirror.cleanRun()).unchanged.should.equal(7);
        });

        it('offers the same content again at once when the id of an import was lost with the process', async () => {
            await start();
            await mirror.change(1, { lastName: 'Second' });
            await mirror.control({ faults: [{ service: 'dotdigital', method: 'PUT', path: '/import', kind: 'hangAfter' }] });
            mirror.begin();
            await heldImports(1);
            await mirror.crash();
            await heldImports(2);
            await finishNewestFirst(mirror);

            (await mirror.summary()).unconfirmed.should.equal(0);
            should(await lastName('p1@example.com')).equal('Second');
        });

        it('waits with changed content until an import whose id was lost can no longer land', async () => {
            await start();
            await mirror.change(1, { lastName: 'Second' });
            await mirror.control({ faults: [{ service: 'dotdigital', method: 'PUT', path: '/import', kind: 'hangAfter' }] });
            mirror.begin();
            await heldImports(1);
            const left = mirror.die();
            await mirror.change(1, { lastName: 'Third' });
            await mirror.rise(left);

            const waiting = await mirror.summary();
            waiting.unconfirmed.should.equal(1);
            waiting.inList.should.equal(6);
            running(mirror).length.should.equal(1);
            await mirror.control({ finish: 'all' });
            mirror.advance(TWO_HOURS + 1000);
            await mirror.control({ imports: 'auto' });
            (await mirror.cleanRun()).changed.should.equal(1);
            should(await lastName('p1@example.com')).equal('Third');
        });

        it('waits with changed content when the connection was cut after an import had been taken, and no process died', async () => {
            await start();
            await mirror.change(1, { lastName: 'Second' });
            await mirror.control({ faults: [{ service: 'dotdigital', method: 'PUT', path: '/import', kind: 'resetAfter' }] });
            mirror.begin();
            // The same content is sent again; nobody knows of the first import.
            await heldImports(2);
            const [lost, known] = running(mirror);
            await mirror.control({ finish: known?.importId ?? '' });
            (await mirror.summary()).unconfirmed.should.equal(0);
            await mirror.change(1, { lastName: 'Third' });
            mirror.begin();
            const waiting = await mirror.summary();
            waiting.unconfirmed.should.equal(1);
            await mirror.control({ finish: lost?.importId ?? '', imports: 'auto' });
            mirror.advance(TWO_HOURS + 1000);
            await mirror.cleanRun();

            should(await lastName('p1@example.com')).equal('Third');
        });

        for (const kind of ['resetAfter', 'hangAfter'] as const) {
            it(`finds somebody on the list who left before an import whose id was lost had landed (${kind})`, async () => {
                await start();
                await mirror.control({ oro: { join: [5] } });
                const faults = [{ service: 'dotdigital', method: 'PUT', path: '/import', kind }] as const;
                await mirror.control({ faults });
                mirror.begin();
                await heldImports(1);
                const left = mirror.die();
                await mirror.control({ oro: { leave: [5] } });
                await mirror.rise(left);
                (await mirror.summary()).members.should.equal(7);
                await mirror.control({ finish: 'all', imports: 'auto' });
                (await on()).should.containEql('p5');
                mirror.advance(TWO_HOURS + 1000);
                const summary = await mirror.cleanRun();

                summary.left.should.equal(1);
                (await on()).should.deepEqual(['p1', 'p2', 'p3', 'p4', 'p6', 'p7', 'p8']);
                (await mirror.contact('p5@example.com'))?.status?.should.equal('subscribed');
                mirror.report().deleted.should.equal(0);
            });
        }

        it('takes off somebody who left while the import that added them was on its way and the process was dead', async () => {
            await start();
            await mirror.control({ oro: { join: [5] } });
            mirror.begin();
            await heldImports(1);
            const before = looks();
            await mirror.until('a look at the import', () => looks() > before);
            const left = mirror.die();
            await mirror.control({ oro: { leave: [5] } });
            await mirror.rise(left);
            await finishNewestFirst(mirror);
            const summary = await mirror.summary();

            summary.left.should.equal(1);
            (await on()).should.deepEqual(['p1', 'p2', 'p3', 'p4', 'p6', 'p7', 'p8']);
        });

        it('looks for every address that a lost import may have written for one record', async () => {
            await start();
            await mirror.control({ oro: { join: [5] } });
            for (const email of ['p5@example.com', 'other5@example.com']) {
                await mirror.change(5, { email });
                await mirror.control({ faults: [{ service: 'dotdigital', method: 'PUT', path: '/import', kind: 'hangAfter' }] });
                mirror.begin();
                await heldImports(1);
                const left = mirror.die();
                await mirror.rise(left);
                // What goes on by itself is cut off as well: the process is killed again and again.
                await moment();
                await mirror.control({ finish: 'all' });
                mirror.advance(TWO_HOURS + 1000);
                await mirror.summary();
            }
            await mirror.control({ oro: { leave: [5] }, imports: 'auto' });
            await mirror.cleanRun();

            (await on()).should.deepEqual(['p1', 'p2', 'p3', 'p4', 'p6', 'p7', 'p8']);
        });
    });

    describe('2, one at a time for each key', () => {
        it('the record: two upserts behind one reader do not overtake each other', async () => {
            const second = upsertNode('second', [[], []], { lists: [{ id: '1003', name: 'Test lists' }] });
            const reader = { wires: [['upsert', 'second', 'batches'], ['summary']] };
            await start({ ...SMALL, reader, more: [second] });
            await mirror.change(1, { lastName: 'Second' });
            mirror.begin();
            await heldImports(1);
            await moment();
            running(mirror).length.should.equal(1);
            await finishNewestFirst(mirror);

            (await mirror.summary()).inList.should.equal(7);
            should(await lastName('p1@example.com')).equal('Second');
            (await on(1003)).should.deepEqual(['ben.guest', 'p1', 'p2', 'p3', 'p4', 'p6', 'p7', 'p8']);
        });

        it('the address: two readers with two upserts do not overtake each other', async () => {
            const reader = readerNode('reader2', [['upsert2', 'batches2'], ['summary2']]);
            const more = [reader, upsertNode('upsert2', [[], []]), probeNode('batches2'), probeNode('summary2')];
            await start({ ...SMALL, more });
            await overtakeNobody();
        });

        it('the address: two connections with a memory each lead to one account and do not overtake each other', async () => {
            mirror = await startMirror(SMALL);
            const connection = connectionNode('connection2', mirror.sandbox, { storePath: `${mirror.userDirectory}/second` });
            const reader = readerNode('reader2', [['upsert2', 'batches2'], ['summary2']], { connection: 'connection2' });
            const upsert = upsertNode('upsert2', [[], []], { connection: 'connection2' });
            await mirror.deploy({ more: [connection, reader, upsert, probeNode('batches2'), probeNode('summary2')] });
            await mirror.change(1, { email: 'p1@example.com' });
            await mirror.cleanRun();
            await mirror.control({ imports: 'hold' });
            await overtakeNobody();
        });

        async function overtakeNobody(): Promise<void> {
            mirror.begin({}, 'reader2');
            await heldImports(1);
            await mirror.control({ finish: 'all' });
            await mirror.summary('summary2');
            await mirror.change(1, { lastName: 'Second' });
            mirror.begin();
            await heldImports(1);
            await mirror.change(1, { lastName: 'Third' });
            mirror.begin({}, 'reader2');
            await mirror.until('the batch of the second reader', () => mirror.nodeRed.messages('batches2').length === 2);
            await finishNewestFirst(mirror);
            (await mirror.summary()).unconfirmed.should.equal(0);
            (await mirror.summary('summary2')).unconfirmed.should.equal(0);

            should(await lastName('p1@example.com')).equal('Third');
        }

        /** Two connections with a memory each, so that neither knows what the other one's records hold. */
        async function startTwice(): Promise<void> {
            mirror = await startMirror(SMALL);
            const connection = connectionNode('connection2', mirror.sandbox, { storePath: `${mirror.userDirectory}/second` });
            const reader = readerNode('reader2', [['upsert2', 'batches2'], ['summary2']], {
                connection: 'connection2',
                listId: '4',
                listName: 'Newsletter contacts',
            });
            const upsert = upsertNode('upsert2', [[], []], { connection: 'connection2' });
            await mirror.deploy({ more: [connection, reader, upsert, probeNode('batches2'), probeNode('summary2')] });
            await mirror.change(1, { email: 'p1@example.com', lastName: 'Name 1' });
            // Contact 1 of Oro is the same person as customer user 1.
            const one = { primaryEmail: 'p1@example.com', lastName: 'One' };
            await mirror.control({ oro: { change: [{ type: 'contacts', id: '1', attributes: one }] } });
            await mirror.cleanRun();
            mirror.begin({}, 'reader2');
            (await mirror.summary('summary2')).inList.should.equal(1);
            await mirror.control({ imports: 'hold' });
        }

        it('the contact: nothing is sent about it under its old address while it gets another one', async () => {
            await startTwice();
            const { contactId } = (await mirror.contact('p1@example.com')) ?? { contactId: 0 };
            await mirror.change(1, { email: 'new1@example.com', lastName: 'New' });
            mirror.begin();
            await heldImports(1);
            await mirror.control({ oro: { change: [{ type: 'contacts', id: '1', attributes: { lastName: 'Uno' } }] } });
            mirror.begin({}, 'reader2');
            await mirror.until('the batch of the second reader', () => mirror.nodeRed.messages('batches2').length === 2);
            await moment();
            running(mirror).length.should.equal(1);
            await finishNewestFirst(mirror);
            (await mirror.summary()).inList.should.equal(7);
            (await mirror.summary('summary2')).inList.should.equal(1);

            (await mirror.contact('new1@example.com'))?.contactId.should.equal(contactId);
            should(await lastName('new1@example.com')).equal('New');
            should(await lastName('p1@example.com')).equal('Uno');
            (await on()).filter((name) => name.endsWith('1')).should.deepEqual(['new1', 'p1']);
        });
    });

    describe('3, holders', () => {
        const shared = async () => {
            await start();
            await mirror.control({ imports: 'auto' });
            await mirror.change(2, { email: 'p1@example.com' });
            (await mirror.cleanRun()).duplicates.should.equal(1);
            (await on()).should.deepEqual(['p1', 'p3', 'p4', 'p6', 'p7', 'p8']);
        };

        it('keeps a contact on the list until the last record with its address has left', async () => {
            await shared();
            await mirror.control({ oro: { leave: [2] } });
            await mirror.cleanRun();
            (await on()).should.deepEqual(['p1', 'p3', 'p4', 'p6', 'p7', 'p8']);
            await mirror.control({ oro: { leave: [1] } });
            (await mirror.cleanRun()).left.should.equal(1);
            (await on()).should.deepEqual(['p3', 'p4', 'p6', 'p7', 'p8']);
        });

        it('keeps a contact that another source still holds', async () => {
            const reader = readerNode('reader2', [['upsert2'], ['summary2']], {
                listId: '2',
                listName: 'VIP customers',
                rebuild: 'always',
            });
            await start({ ...SMALL, more: [reader, upsertNode('upsert2', [[], []]), probeNode('summary2')] });
            await mirror.control({ imports: 'auto', oro: { list: 2, join: [3] } });
            mirror.begin({}, 'reader2');
            (await mirror.summary('summary2')).members.should.equal(2);
            await mirror.control({ oro: { leave: [3, 4] } });
            await mirror.cleanRun();

            (await on()).should.deepEqual(['p1', 'p2', 'p3', 'p6', 'p7', 'p8']);
        });

        it('lets go of the old contact when a record takes the address of another contact', async () => {
            await start();
            await mirror.control({ imports: 'auto', dotdigital: { addContacts: [{ email: 'known@example.com' }] } });
            const known = (await mirror.contact('known@example.com'))?.contactId;
            await mirror.change(1, { email: 'known@example.com' });
            const summary = await mirror.cleanRun();

            summary.inList.should.equal(7);
            (await on()).should.deepEqual(['known', 'p2', 'p3', 'p4', 'p6', 'p7', 'p8']);
            should((await mirror.contact('known@example.com'))?.contactId).equal(known);
            (await mirror.contact('p1@example.com'))?.status?.should.equal('subscribed');
        });

        it('does not let go of a contact that another record with the old address needs and could not get yet', async () => {
            await start();
            await mirror.change(5, { email: 'p1@example.com' });
            await mirror.change(1, { lastName: 'Newer' });
            await mirror.control({ imports: 'auto', oro: { join: [5] } });
            (await mirror.cleanRun()).duplicates.should.equal(1);
            await mirror.control({ imports: 'hold' });
            await mirror.change(1, { email: 'moved1@example.com' });
            mirror.begin();
            await heldImports(1);
            await mirror.control({ finish: 'all', status: 'Failed', imports: 'auto' });
            (await mirror.summary()).unconfirmed.should.equal(2);
            (await on()).should.containEql('p1');
            await mirror.cleanRun();

            (await on()).should.deepEqual(['moved1', 'p1', 'p2', 'p3', 'p4', 'p6', 'p7', 'p8']);
            should(await lastName('p1@example.com')).equal('Name 5');
        });
    });

    describe('4, winner', () => {
        it('the newest record with an address speaks, and the next one when it leaves', async () => {
            await start();
            await mirror.control({ imports: 'auto' });
            await mirror.change(2, { email: 'p1@example.com', lastName: 'Newest' });
            await mirror.cleanRun();
            should(await lastName('p1@example.com')).equal('Newest');
            await mirror.control({ oro: { leave: [2] } });
            await mirror.cleanRun();
            should(await lastName('p1@example.com')).equal('Name 1');
            (await mirror.cleanRun()).unchanged.should.equal(6);
        });

        it('the next one speaks when the newest takes another address', async () => {
            await start();
            await mirror.control({ imports: 'auto' });
            await mirror.change(2, { email: 'p1@example.com', lastName: 'Newest' });
            await mirror.cleanRun();
            await mirror.change(2, { email: 'away2@example.com' });
            const summary = await mirror.cleanRun();

            summary.inList.should.equal(7);
            should(await lastName('p1@example.com')).equal('Name 1');
            should(await lastName('away2@example.com')).equal('Newest');
            (await on()).should.deepEqual(['away2', 'p1', 'p3', 'p4', 'p6', 'p7', 'p8']);
        });

        it('a record that changes becomes the newest', async () => {
            await start();
            await mirror.control({ imports: 'auto' });
            await mirror.change(2, { email: 'p1@example.com', lastName: 'Newest' });
            await mirror.cleanRun();
            await mirror.change(1, { lastName: 'Newer' });
            await mirror.cleanRun();
            should(await lastName('p1@example.com')).equal('Newer');
            (await mirror.cleanRun()).duplicates.should.equal(1);
        });
    });

    describe('5, removals last', () => {
        it('somebody who comes back while the removal is on its way and the process was dead is on the list', async () => {
            await start();
            await mirror.control({ removals: 'hold', imports: 'auto', oro: { leave: [3] } });
            const started = () => mirror.requests('GET /v2/contacts/deletion/{id}');
            mirror.begin();
            await mirror.until('a look at the removal', () => started() > 0);
            const left = mirror.die();
            await mirror.control({ oro: { join: [3] } });
            await mirror.rise(left);
            await moment();
            await mirror.control({ finishRemovals: 'all', removals: 'auto' });
            await mirror.summary();
            await mirror.cleanRun();

            (await on()).should.deepEqual(['p1', 'p2', 'p3', 'p4', 'p6', 'p7', 'p8']);
        });

        it('waits with somebody who comes back until a removal that was never answered can no longer happen', async () => {
            await start({ ...SMALL, limits: { singly: 5 } });
            await mirror.control({
                imports: 'auto',
                oro: { leave: [3] },
                faults: [{ service: 'dotdigital', method: 'DELETE', path: '/contacts/', kind: 'hang' }],
            });
            mirror.begin();
            await mirror.until('a removal', () => mirror.requests('DELETE /v2/address-books/{id}/contacts/{id}') > 0);
            const left = mirror.die();
            await mirror.control({ oro: { join: [3] } });
            await mirror.rise(left);
            (await mirror.summary()).unconfirmed.should.equal(1);
            // The removal happens at last.
            await mirror.control({ dotdigital: { removeFromList: [{ listId: NEWSLETTER, emails: ['p3@example.com'] }] } });
            mirror.advance(TWO_HOURS);
            (await mirror.cleanRun()).inList.should.equal(7);

            (await on()).should.deepEqual(['p1', 'p2', 'p3', 'p4', 'p6', 'p7', 'p8']);
        });

        it('somebody who comes back is not taken off by the removal that an earlier run could not make', async () => {
            await start({ ...SMALL, limits: { singly: 5, retry: { attempts: 1 } } });
            await mirror.control({
                imports: 'auto',
                oro: { leave: [3] },
                faults: [{ service: 'dotdigital', method: 'DELETE', path: '/contacts/', status: 400, times: 100 }],
            });
            (await mirror.run()).left.should.equal(0);
            await mirror.control({ clearFaults: true, oro: { join: [3] } });
            mirror.advance(TWO_HOURS);
            (await mirror.cleanRun()).inList.should.equal(7);

            (await on()).should.deepEqual(['p1', 'p2', 'p3', 'p4', 'p6', 'p7', 'p8']);
        });

        it('somebody who comes back stays on the list even when the import about them fails', async () => {
            await start({ ...SMALL, limits: { singly: 0, retry: { attempts: 1 } } });
            const path = '/contacts/delete';
            await mirror.control({
                imports: 'auto',
                oro: { leave: [3] },
                faults: [{ service: 'dotdigital', method: 'POST', path, status: 400, times: 100 }],
            });
            (await mirror.run()).left.should.equal(0);
            await mirror.control({ clearFaults: true, imports: 'hold', oro: { join: [3] } });
            mirror.advance(TWO_HOURS);
            mirror.begin();
            await heldImports(1);
            await mirror.control({ finish: 'all', status: 'Failed', imports: 'auto' });
            (await mirror.summary()).unconfirmed.should.equal(1);

            (await on()).should.containEql('p3');
        });

        it('removals are sent only when every import of the run has ended', async () => {
            await start();
            await mirror.change(1, { lastName: 'Second' });
            await mirror.control({ oro: { leave: [3] } });
            mirror.begin();
            await heldImports(1);
            await moment();
            mirror.requests('POST /v2/address-books/{id}/contacts/delete').should.equal(0);
            await mirror.control({ finish: 'all', imports: 'auto' });
            (await mirror.summary()).left.should.equal(1);
            (await on()).should.deepEqual(['p1', 'p2', 'p4', 'p6', 'p7', 'p8']);
        });
    });

    describe('6, changed address', () => {
        it('the contact of a record that holds it alone keeps its id', async () => {
            await start();
            await mirror.control({ imports: 'auto' });
            const before = (await mirror.contact('p1@example.com'))?.contactId;
            await mirror.change(1, { email: 'moved1@example.com' });
            (await mirror.cleanRun()).changed.should.equal(1);

            should((await mirror.contact('moved1@example.com'))?.contactId).equal(before);
            should(await mirror.contact('p1@example.com')).equal(undefined);
            (await on()).should.deepEqual(['moved1', 'p2', 'p3', 'p4', 'p6', 'p7', 'p8']);
        });

        it('the same by single calls', async () => {
            await start({ ...SMALL, limits: { singly: 5 } });
            const before = (await mirror.contact('p1@example.com'))?.contactId;
            await mirror.change(1, { email: 'moved1@example.com' });
            await mirror.cleanRun();

            should((await mirror.contact('moved1@example.com'))?.contactId).equal(before);
            (await on()).should.deepEqual(['moved1', 'p2', 'p3', 'p4', 'p6', 'p7', 'p8']);
        });

        it('a contact that another source holds keeps its address', async () => {
            const list = { listId: '4', listName: 'Newsletter contacts' };
            const reader = readerNode('reader2', [['upsert2'], ['summary2']], list);
            await start({ ...SMALL, more: [reader, upsertNode('upsert2', [[], []]), probeNode('summary2')] });
            const one = { primaryEmail: 'p1@example.com', lastName: 'One' };
            await mirror.control({ imports: 'auto', oro: { change: [{ type: 'contacts', id: '1', attributes: one }] } });
            mirror.begin({}, 'reader2');
            (await mirror.summary('summary2')).inList.should.equal(1);
            const { contactId } = (await mirror.contact('p1@example.com')) ?? { contactId: 0 };
            await mirror.change(1, { email: 'moved1@example.com' });
            await mirror.cleanRun();

            (await on()).should.deepEqual(['moved1', 'p1', 'p2', 'p3', 'p4', 'p6', 'p7', 'p8']);
            (await mirror.contact('p1@example.com'))?.contactId.should.equal(contactId);
        });

        it('a contact that two records hold keeps its address when one of them takes another', async () => {
            await start();
            await mirror.control({ imports: 'auto' });
            const before = (await mirror.contact('p1@example.com'))?.contactId;
            await mirror.change(2, { email: 'p1@example.com' });
            await mirror.cleanRun();
            await mirror.change(2, { email: 'moved2@example.com' });
            await mirror.cleanRun();

            should((await mirror.contact('p1@example.com'))?.contactId).equal(before);
            (await on()).should.deepEqual(['moved2', 'p1', 'p3', 'p4', 'p6', 'p7', 'p8']);
        });

        for (const singly of [0, 5]) {
            it(`a conflict falls back to the new address and lets go of the old contact (${singly === 0 ? 'import' : 'single call'})`, async () => {
                await start({ ...SMALL, limits: { singly } });
                await mirror.control({ imports: 'auto', dotdigital: { addContacts: [{ email: 'taken@example.com' }] } });
                const taken = (await mirror.contact('taken@example.com'))?.contactId;
                await mirror.change(1, { email: 'taken@example.com', lastName: 'Moved' });
                const summary = await mirror.cleanRun();

                summary.rejected.should.equal(0);
                should((await mirror.contact('taken@example.com'))?.contactId).equal(taken);
                should(await lastName('taken@example.com')).equal('Moved');
                (await on()).should.deepEqual(['p2', 'p3', 'p4', 'p6', 'p7', 'p8', 'taken']);
                (await mirror.contact('p1@example.com'))?.status?.should.equal('subscribed');
                (await mirror.cleanRun()).unchanged.should.equal(7);
            });
        }

        it('two records that swap their addresses keep being two contacts', async () => {
            await start();
            await mirror.control({ imports: 'auto' });
            await mirror.change(1, { email: 'p2@example.com' });
            await mirror.change(2, { email: 'p1@example.com' });
            await mirror.cleanRun();
            await mirror.cleanRun();

            (await on()).should.deepEqual(['p1', 'p2', 'p3', 'p4', 'p6', 'p7', 'p8']);
            should(await lastName('p2@example.com')).equal('Name 1');
            should(await lastName('p1@example.com')).equal('Name 2');
        });
    });

    describe('7, the gate is read before each import', () => {
        it('somebody who unsubscribes after the run began and before their import is not written', async () => {
            await start();
            await mirror.control({ imports: 'auto', oro: { join: [5] } });
            await mirror.deploy({
                between: [{ id: 'held', type: 'probe', z: 'tab', hold: true, wires: [['upsert']] }],
            });
            mirror.begin();
            await mirror.nodeRed.nextMessage('held');
            await mirror.control({ dotdigital: { unsubscribe: ['p5@example.com'] } });
            mirror.nodeRed.release('held');
            const summary = await mirror.summary();

            summary.suppressed.should.equal(1);
            (await mirror.contact('p5@example.com'))?.lists?.should.deepEqual([]);
            mirror.report().resubscribed.should.deepEqual([]);
        });

        it('a list unsubscribe of a member is not cleared by a later change', async () => {
            await start();
            await mirror.change(1, { lastName: 'Second' });
            mirror.begin();
            await heldImports(1);
            // Made after the gate was read, while the import is on its way.
            await mirror.control({ dotdigital: { unsubscribeFromList: [{ listId: NEWSLETTER, email: 'p1@example.com' }] } });
            await mirror.control({ finish: 'all', imports: 'auto' });
            await mirror.summary();

            mirror.report().listResubscribed.should.deepEqual([]);
            (await on()).should.deepEqual(['p2', 'p3', 'p4', 'p6', 'p7', 'p8']);
        });

        it('a list unsubscribe that an import overtakes is set again and counted', async () => {
            await start();
            await mirror.control({ oro: { join: [5] }, dotdigital: { addContacts: [{ email: 'p5@example.com' }] } });
            mirror.begin();
            await heldImports(1);
            await mirror.control({ dotdigital: { unsubscribeFromList: [{ listId: NEWSLETTER, email: 'p5@example.com' }] } });
            const feed = () => mirror.requests('GET /v2/address-books/{id}/contacts/unsubscribed-since/{id}');
            const before = feed();
            await mirror.until('the unsubscribes are read', () => feed() > before);
            await mirror.control({ finish: 'all', imports: 'auto' });
            const summary = await mirror.summary();

            summary.unsubscribedAgain.should.equal(1);
            summary.suppressed.should.equal(1);
            mirror.report().listResubscribed.should.deepEqual([]);
            (await on()).should.deepEqual(['p1', 'p2', 'p3', 'p4', 'p6', 'p7', 'p8']);
        });

        it('a list unsubscribe that an import overtakes while the process was dead is set again and counted', async () => {
            await start();
            await mirror.control({ oro: { join: [5] }, dotdigital: { addContacts: [{ email: 'p5@example.com' }] } });
            mirror.begin();
            await heldImports(1);
            const before = looks();
            await mirror.until('a look at the import', () => looks() > before);
            const left = mirror.die();
            await mirror.control({ dotdigital: { unsubscribeFromList: [{ listId: NEWSLETTER, email: 'p5@example.com' }] } });
            await mirror.rise(left);
            await moment();
            await mirror.control({ finish: 'all', imports: 'auto' });
            const summary = await mirror.summary();

            summary.suppressed.should.equal(1);
            mirror.report().listResubscribed.should.deepEqual([]);
            (await on()).should.deepEqual(['p1', 'p2', 'p3', 'p4', 'p6', 'p7', 'p8']);
        });
    });
});
