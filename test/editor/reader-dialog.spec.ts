import 'should';
import type { Locator, Page } from 'playwright-core';
import { type Sandbox, startSandbox } from '../../src/sandbox';
import { addNode, browserPath, closeDialogs, done, type Editor, openDialog, openEditor, overflowing, properties } from './editor';

describe('the dialog of the list reader', function () {
    this.timeout(30_000);
    let editor: Editor;
    let sandbox: Sandbox;
    let page: Page;
    let reader: string;

    before(async function () {
        if (browserPath() === null) this.skip();
        [editor, sandbox] = await Promise.all([openEditor(), startSandbox({ size: 200 })]);
        page = editor.page;
        reader = await addNode(page, 'oro-list-reader');
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
    const fieldOf = (row: number) => conditions().nth(row).getByRole('combobox', { name: 'Field' });
    const conditions = () => page.locator('.oro-dotdigital-condition');

    /** A connection is made in the dialog itself, with what somebody types. Nothing is deployed. */
    async function makeConnection(): Promise<void> {
        await page.click('#node-input-btn-connection-add');
        const field = (name: string) => page.locator(`#node-config-input-${name}`);
        await field('environment').selectOption('live');
        await field('oroUrl').fill(sandbox.oroUrl);
        await field('oroClientId').fill(sandbox.credentials.oroClientId);
        await field('oroClientSecret').fill(sandbox.credentials.oroClientSecret);
        await done(page);
    }

    it('offers live lists of a connection that was only typed, with kind, people and members', async () => {
        const dialog = await openDialog(page, reader);
        await makeConnection();
        await box('Marketing list').click();
        await option(/VIP customers.*static.*customer users.*10/).waitFor();
        await option(/Open leads.*dynamic.*leads/).click();
        await page.getByText('dynamic · leads').waitFor();
        (await overflowing(dialog)).should.deepEqual([]);
        await done(page);
        const { listId, listName, resource, audience } = await properties(page, reader);
        ({ listId, listName, resource, audience }).should.deepEqual({
            listId: '5',
            listName: 'Open leads',
            resource: 'leads',
            audience: 'list',
        });
    });

    it('finds a list by typing, with the keyboard alone', async () => {
        await openDialog(page, reader);
        await box('Marketing list').focus();
        await page.keyboard.type('newsl');
        await option(/Newsletter contacts/).waitFor();
        (await option('Open leads').count()).should.equal(0);
        await page.keyboard.press('Enter');
        await page.getByText('dynamic · customer users').waitFor();
        await page.keyboard.press('Escape');
        await done(page);
        (await properties(page, reader))['listName']?.should.equal('Newsletter');
    });

    it('shows five people and how many there are', async () => {
        await openDialog(page, reader);
        await page.click('#oro-dotdigital-preview');
        await page.getByText('160 members').first().waitFor();
        (await page.locator('#oro-dotdigital-people tbody tr').count()).should.equal(5);
        await done(page);
    });

    it('keeps what was saved when lists cannot be loaded, and says why', async () => {
        await sandbox.control({ oro: { stock: true } });
        try {
            const dialog = await openDialog(page, reader);
            await page.getByRole('button', { name: 'Load again' }).click();
            await page.getByText('does not let other programs read marketing lists').first().waitFor();
            await page.getByText('What was saved is kept').waitFor();
            await page.getByRole('button', { name: /Copy the file/ }).waitFor();
            (await box('Marketing list').inputValue()).should.equal('Newsletter');
            await box('Marketing list').click();
            String(await option(/./).first().textContent()).should.containEql('Newsletter');
            (await overflowing(dialog)).should.deepEqual([]);
            await page.keyboard.press('Escape');
            await done(page);
            const { listId, listName } = await properties(page, reader);
            ({ listId, listName }).should.deepEqual({ listId: '1', listName: 'Newsletter' });
        } finally {
            await sandbox.control({ oro: { stock: false } });
        }
    });

    it('builds a filter from suggestions, with a picker for groups and days for dates', async () => {
        const dialog = await openDialog(page, reader);
        await page.locator('#node-input-audience').selectOption('query');
        await page.getByRole('button', { name: 'Add a condition' }).click();
        await page.keyboard.press('ArrowDown');
        await option(/^customer\.group/).click();
        await box('Choose a group').click();
        await option('Wholesale').click();
        await page.getByRole('button', { name: 'Add a condition' }).click();
        await fieldOf(1).fill('createdAt');
        await fieldOf(1).press('Tab');
        await conditions().nth(1).getByText('date', { exact: true }).waitFor();
        await conditions().nth(1).locator('.red-ui-typedInput-type-select').click();
        await page.locator('.red-ui-typedInput-options:visible').getByText('days ago').click();
        await conditions().nth(1).locator('.red-ui-typedInput-input').fill('90');
        await conditions().nth(1).locator('.red-ui-typedInput-input').press('Tab');
        (await overflowing(dialog)).should.deepEqual([]);
        await page.click('#oro-dotdigital-preview');
        await page.locator('#oro-dotdigital-people .oro-dotdigital-line').filter({ hasNotText: 'Asking' }).waitFor();
        await done(page);
        const saved = await properties(page, reader);
        saved['audience']?.should.equal('query');
        (saved['filter'] as Record<string, string>[]).should.deepEqual([
            { path: 'customer.group', operator: 'eq', value: '1', valueType: 'id', valueName: 'Wholesale' },
            { path: 'createdAt', operator: 'gte', value: '90', valueType: 'daysAgo' },
        ]);
    });

    it('shows a saved filter as it was made', async () => {
        await openDialog(page, reader);
        (await box('Choose a group').inputValue()).should.equal('Wholesale');
        (await conditions().nth(1).getByLabel('Comparison').inputValue()).should.equal('gte');
        String(await conditions().nth(1).getByLabel('Comparison').locator('option:checked').textContent()).should.equal(
            'is on or after',
        );
        await done(page);
    });

    it('says below the row what is missing once the row was left, and keeps the node from being deployed unseen', async () => {
        await openDialog(page, reader);
        await page.getByRole('button', { name: 'Add a condition' }).click();
        await fieldOf(2).fill('totalValue');
        await page.locator('#node-input-name').focus();
        await page.getByText('enter a value').waitFor();
        await done(page);
        const errors = await page.evaluate<string[]>(`RED.nodes.node('${reader}').validationErrors`);
        errors.should.deepEqual(['Conditions, 3: enter a value']);
        await openDialog(page, reader);
        await page.locator('#oro-dotdigital-filter .red-ui-editableList-item-remove').nth(2).click();
        await conditions().nth(2).waitFor({ state: 'detached' });
        await done(page);
    });

    it('saves numbers as numbers and names the one that is not', async () => {
        await openDialog(page, reader);
        await page.getByText('Sizes', { exact: true }).click();
        await page.locator('#node-input-batchSize').fill('500');
        await page.locator('#node-input-inFlight').fill('many');
        await done(page);
        const saved = await properties(page, reader);
        saved['batchSize']?.should.equal(500);
        const errors = await page.evaluate<string[]>(`RED.nodes.node('${reader}').validationErrors`);
        errors.should.deepEqual(['On the way: expected a whole number from 1 to 100']);
        const dialog = await openDialog(page, reader);
        await page.locator('#node-input-inFlight').waitFor({ state: 'visible' });
        await page.locator('#node-input-inFlight').fill('4');
        (await overflowing(dialog)).should.deepEqual([]);
        await done(page);
    });

    it('adds extra fields and the opt-out field from suggestions', async () => {
        await openDialog(page, reader);
        await page.getByText('Extra fields and opt-out').click();
        await page.getByRole('button', { name: 'Add a field' }).click();
        await page.getByLabel('Field of the Oro record').fill('midd');
        await option(/^middleName/).click();
        await box('Opt-out field').fill('confirmed');
        await page.keyboard.press('Enter');
        await done(page);
        const { fields, optOutField } = await properties(page, reader);
        ({ fields, optOutField }).should.deepEqual({ fields: ['middleName'], optOutField: 'confirmed' });
    });

    it('takes the only connection there is when another reader is added', async () => {
        const second = await addNode(page, 'oro-list-reader');
        const { connection } = await properties(page, second);
        connection?.should.equal((await properties(page, reader))['connection']);
    });

    it('reports no error in the browser', () => {
        editor.errors.should.deepEqual([]);
    });
});
