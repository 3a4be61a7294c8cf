import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { type NodeRedOptions, type NodeRedProcess, startNodeRed } from './node-red-process';

const ARGUMENTS = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
];

/** Browsers that can be there, where `CHROMIUM` does not name one. */
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** How long the browser waits for something to appear, milliseconds: more than the slowest answer of the sandbox takes. */
const PATIENCE = 8000;

/** How long a dialog slides in or out, milliseconds (the editor's own animation). */
const TRAY_ANIMATION = 400;

/** How the editor is opened. */
export interface EditorOptions extends NodeRedOptions {
    readonly language?: 'en-US' | 'de';
    /** Node-RED 5 follows it; 4.1 has one look. */
    readonly colours?: 'light' | 'dark';
    readonly width?: number;
}

/** The real editor in a real browser, on a Node-RED of its own. */
export interface Editor {
    readonly page: Page;
    readonly nodeRed: NodeRedProcess;
    /** Errors that the page reported: uncaught ones and those on its console. */
    readonly errors: string[];
    close(): Promise<void>;
}

/** The browser to test with, or null where this machine has none. */
export function browserPath(): string | null {
    const named = process.env['CHROMIUM'];
    return named ?? BROWSERS.find((path) => existsSync(path)) ?? null;
}

/** Starts Node-RED and opens its editor. */
export async function openEditor(options: EditorOptions = {}): Promise<Editor> {
    const nodeRed = await startNodeRed(options);
    let browser: Browser | undefined;
    try {
        browser = await chromium.launch({ executablePath: browserPath() ?? '', args: ARGUMENTS });
        const opened = await openPage(browser, nodeRed.url, options);
        const close = async () => {
            await browser?.close();
            await nodeRed.stop();
        };
        return { ...opened, nodeRed, close };
    } catch (error) {
        await browser?.close();
        await nodeRed.stop();
        throw error;
    }
}

async function openPage(browser: Browser, url: string, options: EditorOptions): Promise<{ page: Page; errors: string[] }> {
    const context = await browser.newContext({
        viewport: { width: options.width ?? 1400, height: 1000 },
        locale: options.language ?? 'en-US',
        colorScheme: options.colours ?? 'light',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
        if (
            message.type() === 'error' ||
            /^(oneditprepare|oneditsave|oneditcancel|oneditresize|Validation error)/.test(message.text())
        )
            errors.push(message.text());
    });
    const kept = { 'editor-language': options.language ?? 'en-US', 'view-dark-theme': options.colours ?? 'light' };
    await page.addInitScript(
        `Object.entries(${JSON.stringify(kept)}).forEach(([name, value]) => localStorage.setItem(name, value))`,
    );
    await page.goto(url);
    await page.waitForSelector('.red-ui-workspace-chart, #red-ui-workspace-chart', { state: 'attached' });
    await page.waitForFunction(
        'window.RED && RED.nodes && RED.nodes.getType("dotdigital-contact-upsert") && !document.querySelector("#red-ui-loading-progress")?.offsetParent',
    );
    return { page, errors };
}

/** Puts the nodes on the canvas as if they had been imported. */
export async function importNodes(page: Page, nodes: readonly Record<string, unknown>[]): Promise<void> {
    await page.evaluate(
        `(() => { RED.nodes.import(${JSON.stringify(nodes)}, { generateIds: false, addFlow: false, markChanged: true }); RED.nodes.dirty(true); RED.view.redraw(true); })()`,
    );
}

/** The flow of an example of the package. */
export function exampleFlow(name: string): Record<string, unknown>[] {
    let folder = __dirname;
    while (!existsSync(join(folder, 'examples', `${name}.json`))) folder = dirname(folder);
    return JSON.parse(readFileSync(join(folder, 'examples', `${name}.json`), 'utf8')) as Record<string, unknown>[];
}

/** Presses the button of an inject node. */
export async function press(editor: Editor, inject: string): Promise<void> {
    // Deploy answers before the new nodes are there: until then nobody knows the button.
    for (const end = Date.now() + PATIENCE; ; ) {
        const answer = await fetch(`${editor.nodeRed.url}inject/${inject}`, { method: 'POST' });
        if (answer.ok) return;
        if (Date.now() > end) throw new Error(`The button ${inject} answered ${answer.status}.`);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

/** Waits until the status below a node reads as wanted, and answers it. */
export async function untilStatus(page: Page, id: string, wanted: RegExp): Promise<string> {
    const status = `((RED.nodes.node(${JSON.stringify(id)}).status || {}).text || '')`;
    await page.waitForFunction(`new RegExp(${JSON.stringify(wanted.source)}).test(${status})`, undefined, { timeout: 60_000 });
    return page.evaluate<string>(status);
}

/** Drags a node from the palette, in effect: a new one with its defaults, on the present flow. Answers its id. */
export async function addNode(page: Page, type: string): Promise<string> {
    return page.evaluate<string>(`(() => {
        const added = RED.view.createNode(${JSON.stringify(type)}, 300, 200);
        RED.nodes.add(added.node);
        RED.view.redraw(true);
        return added.node.id;
    })()`);
}

/** Opens the dialog of a node and answers its tray. */
export async function openDialog(page: Page, id: string): Promise<Locator> {
    await page.evaluate(`RED.editor.edit(RED.nodes.node(${JSON.stringify(id)}))`);
    return tray(page);
}

/** Opens the dialog of a configuration node. */
export async function openConfigDialog(page: Page, type: string, id: string): Promise<Locator> {
    await page.evaluate(`RED.editor.editConfig('', ${JSON.stringify(type)}, ${JSON.stringify(id)})`);
    return tray(page);
}

async function tray(page: Page): Promise<Locator> {
    const shown = page.locator('.red-ui-tray').last();
    await shown.locator('.oro-dotdigital').waitFor({ state: 'visible' });
    await page.waitForTimeout(TRAY_ANIMATION);
    return shown;
}

/** Presses Done (or Add, or Update) in the dialog on top. */
export function done(page: Page): Promise<void> {
    return leave(page, '#node-dialog-ok:visible, #node-config-dialog-ok:visible');
}

/** Presses Cancel in the dialog on top. */
export function cancel(page: Page): Promise<void> {
    return leave(page, '#node-dialog-cancel:visible, #node-config-dialog-cancel:visible');
}

async function leave(page: Page, button: string): Promise<void> {
    const form = await page.locator('.red-ui-tray .oro-dotdigital').last().elementHandle();
    await page.locator(button).last().click();
    await form?.waitForElementState('hidden');
    await page.waitForTimeout(TRAY_ANIMATION);
}

/** Closes what a failed test left open, so that the next one starts from the canvas. Keeps a picture of it. */
export async function closeDialogs(
    page: Page,
    test: { readonly state?: string; readonly title: string } | undefined,
): Promise<void> {
    if (test?.state === 'failed') await picture(page, `failed ${test.title.replace(/\W+/g, ' ').slice(0, 60)}`);
    while ((await page.locator('.red-ui-tray').count()) > 0) {
        await page.evaluate('RED.tray.close()');
        await page.waitForTimeout(2 * TRAY_ANIMATION);
    }
}

/** The saved properties of a node in the editor. */
export async function properties(page: Page, id: string): Promise<Record<string, unknown>> {
    return page.evaluate<Record<string, unknown>>(`RED.nodes.convertNode(RED.nodes.node(${JSON.stringify(id)}), false)`);
}

/** Deploys everything and waits until the server has it. */
export async function deploy(page: Page): Promise<void> {
    const answered = page.waitForResponse(
        (response) => response.url().endsWith('/flows') && response.request().method() === 'POST',
    );
    await page.evaluate(`RED.actions.invoke('core:deploy-flows')`);
    await answered;
}

/** What reaches over the edges of the dialog: texts of the elements. Nothing should. */
export async function overflowing(dialog: Locator): Promise<string[]> {
    return dialog.locator('.oro-dotdigital').evaluate((form: Element) => {
        const edge = form.getBoundingClientRect();
        return [...form.querySelectorAll('*')]
            .filter((element) => {
                const box = element.getBoundingClientRect();
                return (
                    box.width > 0 &&
                    !element.closest('.oro-dotdigital-people-scroll') &&
                    (box.right > edge.right + 1.5 || box.left < edge.left - 1.5)
                );
            })
            .map(
                (element) =>
                    `${element.tagName.toLowerCase()}.${element.className}: ${(element.textContent ?? '').trim().slice(0, 60)}`,
            );
    });
}

/** Keeps a picture where `EDITOR_SCREENS` names a folder. */
export async function picture(target: Page | Locator, name: string): Promise<void> {
    const folder = process.env['EDITOR_SCREENS'];
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    await target.screenshot({ path: join(folder, `${name}.png`) });
}
