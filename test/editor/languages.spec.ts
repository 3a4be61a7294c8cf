import 'should';
import {
    browserPath,
    closeDialogs,
    type Editor,
    exampleFlow,
    importNodes,
    openConfigDialog,
    openDialog,
    openEditor,
    overflowing,
    picture,
} from './editor';

const flow = exampleFlow('01 - Mirror a marketing list');
const idOf = (type: string) => String(flow.find((node) => node['type'] === type)?.['id']);

/** How the editor can look, and where it can be. Node-RED 4.1 is light whatever is chosen. */
const LOOKS = [
    { language: 'en-US', colours: 'light', width: 1400 },
    { language: 'de', colours: 'dark', width: 1100, httpAdminRoot: '/red' },
] as const;

for (const look of LOOKS) {
    describe(`the dialogs in ${look.language}, ${look.colours}`, function () {
        this.timeout(60_000);
        let editor: Editor;

        before(async function () {
            if (browserPath() === null) this.skip();
            editor = await openEditor(look);
            await importNodes(editor.page, flow);
        });

        afterEach(async function () {
            await closeDialogs(editor.page, this.currentTest);
        });

        after(async () => {
            await editor?.close();
        });

        const dialogs = {
            reader: () => openDialog(editor.page, idOf('oro-list-reader')),
            upsert: () => openDialog(editor.page, idOf('dotdigital-contact-upsert')),
            connection: () => openConfigDialog(editor.page, 'oro-dotdigital-connection', idOf('oro-dotdigital-connection')),
        };

        for (const [name, open] of Object.entries(dialogs)) {
            it(`shows every text of the ${name}, and all of it inside the dialog`, async () => {
                const dialog = await open();
                for (const fold of await dialog.locator('details:not(.hidden) > summary').all()) await fold.click();
                const { page } = editor;
                await page.waitForFunction(`!document.querySelector('.oro-dotdigital .fa-spin')`);
                await picture(page, `${name}-${look.language}-${look.colours}`);
                (await overflowing(dialog)).should.deepEqual([]);
                // A text that is missing from the catalogue shows as its key.
                String(await dialog.locator('.oro-dotdigital').textContent()).should.not.match(
                    /\b[a-z]+(\.[a-zA-Z]+)+\b(?<!customerGroup\.name)/,
                );
            });
        }

        it('shows the conditions of a filter and the live answers inside the dialog', async () => {
            const { page } = editor;
            const dialog = await dialogs.reader();
            await page.locator('#node-input-audience').selectOption('query');
            await page.locator('#oro-dotdigital-preview').click();
            await page.locator('#oro-dotdigital-people tbody tr').first().waitFor();
            await page.locator('#oro-dotdigital-filter-row .red-ui-editableList-addButton').click();
            await picture(page, `filter-${look.language}-${look.colours}`);
            (await overflowing(dialog)).should.deepEqual([]);
        });

        it('reports no error in the browser', () => {
            editor.errors.should.deepEqual([]);
        });
    });
}
