import 'should';
import type { Page } from 'playwright-core';
import { type Sandbox, startSandbox } from '../../src/sandbox';
import {
    browserPath,
    closeDialogs,
    done,
    type Editor,
    importNodes,
    openConfigDialog,
    openEditor,
    overflowing,
    properties,
} from './editor';

const ID = 'c0ffee0000000001';

/** A connection as it is saved in a flow, without its credentials. */
const CONNECTION = {
    id: ID,
    type: 'oro-dotdigital-connection',
    version: 1,
    name: '',
    environment: 'sandbox',
    oroUrl: '',
    oroAdminPrefix: 'admin',
    dotdigitalUrl: '',
    callbackUrl: '',
    tls: '',
    storePath: '',
};

describe('the dialog of the connection', function () {
    this.timeout(30_000);
    let editor: Editor;
    let sandbox: Sandbox;
    let page: Page;

    before(async function () {
        if (browserPath() === null) this.skip();
        [editor, sandbox] = await Promise.all([openEditor(), startSandbox({ size: 100 })]);
        page = editor.page;
        await importNodes(page, [CONNECTION]);
    });

    afterEach(async function () {
        await closeDialogs(page, this.currentTest);
    });

    after(async () => {
        await editor?.close();
        await sandbox?.stop();
    });

    const open = () => openConfigDialog(page, 'oro-dotdigital-connection', ID);
    const field = (name: string) => page.locator(`#node-config-input-${name}`);
    const findings = () => page.locator('#oro-dotdigital-findings > li');

    async function typeLive(oroUrl: string, oroClientSecret: string): Promise<void> {
        await field('environment').selectOption('live');
        await field('oroUrl').fill(oroUrl);
        await field('oroClientId').fill(sandbox.credentials.oroClientId);
        await field('oroClientSecret').fill(oroClientSecret);
    }

    it('asks for nothing where the sandbox is chosen, and for both services where it is not', async () => {
        const dialog = await open();
        (await field('oroUrl').isVisible()).should.be.false();
        String(await page.locator('#oro-dotdigital-environment-note').textContent()).should.containEql(
            'nothing leaves this machine',
        );
        await field('environment').selectOption('live');
        for (const name of ['oroUrl', 'oroClientId', 'oroClientSecret', 'dotdigitalUser', 'dotdigitalPassword']) {
            (await field(name).isVisible()).should.be.true(name);
        }
        (await overflowing(dialog)).should.deepEqual([]);
        await field('environment').selectOption('sandbox');
        await done(page);
    });

    it('splits a pasted address of the back-office', async () => {
        await open();
        await field('environment').selectOption('live');
        await field('oroUrl').fill('https://shop.example.com/oro/admin/customer/user/view/7');
        await field('oroUrl').press('Tab');
        (await field('oroUrl').inputValue()).should.equal('https://shop.example.com/oro');
        (await field('oroAdminPrefix').inputValue()).should.equal('admin');
        String(await page.locator('#oro-dotdigital-split-note').textContent()).should.containEql('https://shop.example.com/oro');
        await done(page);
    });

    it('tests what is typed, each side on its own, before anything is deployed', async () => {
        await open();
        await typeLive(sandbox.oroUrl, 'not-the-secret');
        await page.click('#oro-dotdigital-test');
        await findings().filter({ hasText: 'client ID and secret' }).waitFor();
        await findings().filter({ hasText: 'Dotdigital: left empty' }).waitFor();
        await field('oroClientSecret').fill(sandbox.credentials.oroClientSecret);
        await page.click('#oro-dotdigital-test');
        await findings().filter({ hasText: 'signed in as' }).waitFor();
        await findings().filter({ hasText: '7 marketing lists' }).waitFor();
        await done(page);
    });

    it('gives the file for the Oro team where lists are not exposed', async () => {
        await sandbox.control({ oro: { stock: true } });
        try {
            await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
            await open();
            await typeLive(sandbox.oroUrl, sandbox.credentials.oroClientSecret);
            await page.click('#oro-dotdigital-test');
            const finding = findings().filter({ hasText: 'does not let other programs read marketing lists' });
            await finding.getByRole('button', { name: 'Copy the file and the instructions for your Oro team' }).click();
            await page.waitForFunction(`navigator.clipboard.readText().then((text) => text.includes('MarketingListBundle'))`);
            await done(page);
        } finally {
            await sandbox.control({ oro: { stock: false } });
        }
    });

    it('keeps a secret that was typed in this browser, and sends it nowhere but to the server', async () => {
        const saved = await properties(page, ID);
        saved['environment']?.should.equal('live');
        JSON.stringify(saved).should.not.containEql(sandbox.credentials.oroClientSecret);
        await open();
        (await field('oroClientId').inputValue()).should.equal(sandbox.credentials.oroClientId);
        await done(page);
    });

    it('says what is wrong with an address that would send secrets readable', async () => {
        await open();
        await field('oroUrl').fill('http://shop.example.com');
        await done(page);
        const errors = await page.evaluate<string[]>(`RED.nodes.node('${ID}').validationErrors`);
        errors.should.deepEqual([
            'OroCommerce address: use https:, so that the secret is not readable on the way (http: only for this machine)',
        ]);
    });

    it('opens its folded sections with the keyboard', async () => {
        await open();
        const memory = page.locator('#oro-dotdigital-memory-fold');
        await memory.locator('summary').focus();
        await page.keyboard.press('Enter');
        await field('storePath').waitFor({ state: 'visible' });
        await memory.getByText('has no memory yet').waitFor();
        await page.keyboard.press('Enter');
        await field('storePath').waitFor({ state: 'hidden' });
        await done(page);
    });

    it('reports no error in the browser', () => {
        editor.errors.should.deepEqual([]);
    });
});
