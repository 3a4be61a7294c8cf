import 'should';
import type { Page } from 'playwright-core';
import {
    browserPath,
    closeDialogs,
    deploy,
    done,
    type Editor,
    exampleFlow,
    importNodes,
    openConfigDialog,
    openDialog,
    openEditor,
    overflowing,
    picture,
    press,
    properties,
    untilStatus,
} from './editor';

const EXAMPLE = '01 - Mirror a marketing list';
/** Members of the sandbox's main list who can be on a Dotdigital list, as a thousands-separated number. */
const IN_STEP = /^sandbox · \d{3} in step/;

describe('the main example in the editor', function () {
    this.timeout(90_000);
    let editor: Editor;
    let page: Page;
    const flow = exampleFlow(EXAMPLE);
    const idOf = (type: string) => String(flow.find((node) => node['type'] === type)?.['id']);
    const reader = idOf('oro-list-reader');
    const upsert = idOf('dotdigital-contact-upsert');

    before(async function () {
        if (browserPath() === null) this.skip();
        editor = await openEditor();
        page = editor.page;
        await importNodes(page, flow);
    });

    afterEach(async function () {
        await closeDialogs(page, this.currentTest);
    });

    after(async () => {
        await editor?.close();
    });

    it('is valid as it was imported, and shows the names of its lists', async () => {
        const nodes = await page.evaluate<{ valid: boolean; label: string }[]>(
            `['${reader}', '${upsert}'].map((id) => RED.nodes.node(id)).map((node) => ({ valid: node.valid, label: node._def.label.call(node) }))`,
        );
        nodes.should.deepEqual([
            { valid: true, label: 'Newsletter' },
            { valid: true, label: 'Oro newsletter' },
        ]);
    });

    it('changes nothing when a dialog is opened and left with Done', async () => {
        for (const id of [reader, upsert]) {
            const before = await properties(page, id);
            const dialog = await openDialog(page, id);
            (await overflowing(dialog)).should.deepEqual([]);
            await done(page);
            (await properties(page, id)).should.deepEqual(before);
        }
        const dialog = await openConfigDialog(page, 'oro-dotdigital-connection', idOf('oro-dotdigital-connection'));
        (await overflowing(dialog)).should.deepEqual([]);
        await done(page);
    });

    it('runs after Deploy and inject, and says under its nodes what was done', async () => {
        await deploy(page);
        await press(editor, idOf('inject'));
        await untilStatus(page, reader, IN_STEP);
        (await untilStatus(page, upsert, /new/)).should.match(/^sandbox · \d+ new, \d+ updated, 0 off/);
        await page.evaluate(`RED.workspaces.show('${idOf('tab')}')`);
        await picture(page, 'main-example');
        await page.evaluate(`RED.nodes.node('${reader}').status = {}`);
        await press(editor, idOf('inject'));
        await untilStatus(page, reader, IN_STEP);
    });

    it('says how many people are sent again before a change of the mapping is deployed', async () => {
        await openDialog(page, upsert);
        await page.locator('#oro-dotdigital-add-matching').click();
        await page.getByText('Added: ').waitFor();
        await page.getByText(/the next run sends \d{3} people again/).waitFor();
        await page.locator('#node-dialog-cancel').click();
    });

    it('shows where the memory of the run is, how large and since when', async () => {
        await openConfigDialog(page, 'oro-dotdigital-connection', idOf('oro-dotdigital-connection'));
        await page.locator('#oro-dotdigital-memory-fold summary').click();
        await page.getByText(/oro-dotdigital: \d+ kB, since /).waitFor();
        await done(page);
    });

    it('says that another audience begins with an empty memory', async () => {
        await openDialog(page, reader);
        const note = page.getByText('Another audience begins with an empty memory');
        (await note.isVisible()).should.be.false();
        await page.locator('#node-input-audience').selectOption('query');
        await note.waitFor();
        await page.locator('#node-input-audience').selectOption('list');
        await note.waitFor({ state: 'hidden' });
        await done(page);
    });

    it('shows the help of its nodes with the properties of the messages', async () => {
        await page.evaluate(`RED.sidebar.help.show('oro-list-reader', true)`);
        await page.locator('.red-ui-help dl.message-properties').first().waitFor();
        await page.locator('.red-ui-help').getByText('Reads an audience from OroCommerce').first().waitFor();
    });

    it('reports no error in the browser', () => {
        editor.errors.should.deepEqual([]);
    });
});
