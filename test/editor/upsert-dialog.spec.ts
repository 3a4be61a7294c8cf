import 'should';
import type { Locator, Page } from 'playwright-core';
import { type Sandbox, startSandbox } from '../../src/sandbox';
import {
    addNode,
    browserPath,
    closeDialogs,
    done,
    type Editor,
    importNodes,
    openDialog,
    openEditor,
    overflowing,
    properties,
} from './editor';

describe('the dialog of the contact upsert', function () {
    this.timeout(30_000);
    let editor: Editor;
    let sandbox: Sandbox;
    let page: Page;
    let upsert: string;

    before(async function () {
        if (browserPath() === null) this.skip();
        [editor, sandbox] = await Promise.all([openEditor(), startSandbox({ size: 90 })]);
        page = editor.page;
        const connection = {
            id: 'c0ffee0000000002',
            type: 'oro-dotdigital-connection',
            version: 1,
            environment: 'live',
            oroUrl: sandbox.oroUrl,
            oroAdminPrefix: 'admin',
            dotdigitalUrl: sandbox.dotdigitalUrl,
        };
        await importNodes(page, [connection]);
        await page.evaluate(
            `RED.nodes.node('${connection.id}').credentials = ${JSON.stringify({ ...sandbox.credentials, _: {} })}`,
        );
        const reader = await addNode(page, 'oro-list-reader');
        upsert = await addNode(page, 'dotdigital-contact-upsert');
        await page.evaluate(`(() => {
            Object.assign(RED.nodes.node('${reader}'), { listId: '1', listName: 'Newsletter' });
            RED.nodes.addLink({ source: RED.nodes.node('${reader}'), sourcePort: 0, target: RED.nodes.node('${upsert}') });
        })()`);
    });

    afterEach(async function () {
        await closeDialogs(page, this.currentTest);
    });

    after(async () => {
        await editor?.close();
        await sandbox?.stop();
    });

    const box = (name: string): Locator => page.getByRole('combobox', { name, exact: true });
    const option = (name: string | RegExp): Locator => page.locator('.oro-dotdigital-drop').getByRole('option', { name });
    const rows = () => page.locator('.oro-dotdigital-mapping ol .oro-dotdigital-rule');
    const target = (row: number) => rows().nth(row).getByRole('combobox', { name: 'Data field' });
    const source = (row: number) => rows().nth(row).locator('.red-ui-typedInput-input');
    const validation = () => page.evaluate<string[]>(`RED.nodes.node('${upsert}').validationErrors`);
    const mapped = async () =>
        ((await properties(page, upsert))['mapping'] as { from: string; to: string }[]).map(({ from, to }) => `${from} > ${to}`);

    it('starts with e-mail, first and last name, and puts contacts on a chosen list', async () => {
        const dialog = await openDialog(page, upsert);
        await dialog.getByText('recognises the contact').waitFor();
        (await rows().count()).should.equal(2);
        await page.getByText('nobody is put on or taken off a list').waitFor();
        await box('Add another list').click();
        await option(/Oro newsletter.*private.*0/).click();
        await page.getByText('0 contacts').waitFor();
        (await overflowing(dialog)).should.deepEqual([]);
        await done(page);
        const saved = await properties(page, upsert);
        saved['lists']?.should.deepEqual([{ id: '1001', name: 'Oro newsletter' }]);
        saved['identifiers']?.should.deepEqual([]);
        (await mapped()).should.deepEqual(['firstName > FIRSTNAME', 'lastName > LASTNAME']);
    });

    it('adds all fields that match on both sides', async () => {
        const dialog = await openDialog(page, upsert);
        await page.getByRole('button', { name: 'Add all that match' }).click();
        await page.getByText('Added: ').waitFor();
        (await overflowing(dialog)).should.deepEqual([]);
        await page.getByRole('button', { name: 'Add all that match' }).click();
        await page.getByText('No further data field').waitFor();
        await done(page);
        (await mapped()).should.containDeep(['birthday > BIRTHDAY', 'customerGroup.name > CUSTOMER_GROUP', 'phone > MOBILE']);
        (await validation()).should.deepEqual([]);
    });

    it('creates a data field and maps to it', async () => {
        await openDialog(page, upsert);
        await page.getByRole('button', { name: 'Add a field' }).click();
        await source(5).fill('createdAt');
        await target(5).fill('ORO_SINCE');
        await option('Create the data field “ORO_SINCE” in Dotdigital').click();
        (await page.getByLabel('Type of the data field').inputValue()).should.equal('Date');
        await page.getByRole('button', { name: 'Create', exact: true }).click();
        await page.getByText('The data field ORO_SINCE was created').waitFor();
        await done(page);
        (await mapped()).should.containEql('createdAt > ORO_SINCE');
    });

    it('says below a row what is wrong with it', async () => {
        await openDialog(page, upsert);
        await target(5).fill('LASTNAME');
        await target(5).press('Enter');
        await page.getByText('LASTNAME is there twice').waitFor();
        await source(4).fill('no such path!');
        await source(4).press('Tab');
        await page.getByText('expected a field of the Oro record').waitFor();
        await done(page);
        (await validation()).should.deepEqual([
            'What is sent, MOBILE: expected a field of the Oro record, such as firstName or customer.name',
            'What is sent, LASTNAME: LASTNAME is there twice',
        ]);
        await openDialog(page, upsert);
        await source(4).fill('phone');
        await target(5).fill('GONE_FIELD');
        await option('Use “GONE_FIELD” as it is').click();
        await page.getByText('Dotdigital has no data field GONE_FIELD: create it').waitFor();
        await page.getByText('Missing data fields').click();
        await page.locator('#node-input-createMissingFields').check();
        await page.getByText('it will be created').waitFor();
        await page.locator('.oro-dotdigital-mapping .red-ui-editableList-item-remove').nth(5).click();
        await done(page);
        (await validation()).should.deepEqual([]);
    });

    it('says what happens to new and to existing contacts', async () => {
        await openDialog(page, upsert);
        const consent = page.locator('#oro-dotdigital-consent');
        String(await consent.textContent()).should.containEql('who has unsubscribed stays unsubscribed');
        await page.locator('#node-input-optInType').selectOption('verifiedDouble');
        String(await consent.textContent()).should.containEql('Dotdigital will mail each new contact');
        await page.locator('#node-input-optInType').selectOption('');
        await target(4).fill('Mobile');
        await option(/Mobile number/).click();
        String(await consent.textContent()).should.containEql('may subscribe people to SMS');
        await done(page);
        const saved = await properties(page, upsert);
        saved['identifiers']?.should.deepEqual([{ from: 'phone', fromType: 'record', to: 'mobileNumber' }]);
        (await mapped()).should.not.containEql('phone > MOBILE');
    });

    it('shows what each row becomes for a chosen person, and writes exactly that one when it is tried', async () => {
        const before = sandbox.report().contacts;
        const dialog = await openDialog(page, upsert);
        await page.click('#oro-dotdigital-try');
        await page.getByText('Choose a person above').waitFor();
        await option(/./).first().click();
        await rows().first().locator('.seen').filter({ hasText: '=' }).waitFor();
        sandbox.report().contacts.should.equal(before);
        await page.click('#oro-dotdigital-try');
        await page.getByText('Created in Dotdigital as contact').waitFor();
        (await overflowing(dialog)).should.deepEqual([]);
        await done(page);
        sandbox.report().contacts.should.equal(before + 1);
        sandbox.report().statusSent.should.equal(0);
    });

    it('creates a list from its dialog', async () => {
        await openDialog(page, upsert);
        await box('Add another list').fill('Trade fair');
        await option('New list “Trade fair” in Dotdigital').click();
        await page.getByText('“Trade fair” was created').waitFor();
        await done(page);
        (await properties(page, upsert))['lists']?.should.containDeep([{ name: 'Trade fair' }]);
    });

    it('keeps lists and mapping when Dotdigital cannot be asked', async () => {
        const saved = await properties(page, upsert);
        await sandbox.control({ faults: [{ service: 'dotdigital', path: '/v2/', status: 401, times: 100 }] });
        try {
            const dialog = await openDialog(page, upsert);
            await page.getByRole('button', { name: 'Load again' }).first().click();
            await page.getByText('Dotdigital refused user and password').first().waitFor();
            await dialog.getByText('Oro newsletter').waitFor();
            await done(page);
        } finally {
            await sandbox.control({ clearFaults: true });
        }
        const { lists, mapping, identifiers } = await properties(page, upsert);
        ({ lists, mapping, identifiers }).should.deepEqual({
            lists: saved['lists'],
            mapping: saved['mapping'],
            identifiers: saved['identifiers'],
        });
    });

    it('reports no error in the browser', () => {
        editor.errors.should.deepEqual([]);
    });
});
