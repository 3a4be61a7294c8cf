import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { checkout } from '../tools/node-red';
import { deploy, done, exampleFlow, importNodes, openDialog, openEditor, press, untilStatus } from './editor';

/** Where the README looks for its pictures. */
const FOLDER = join(checkout, 'docs');

/** `npm run pictures`: makes the pictures of the README from the real editor, with the main example and the sandbox. */
async function main(): Promise<void> {
    mkdirSync(FOLDER, { recursive: true });
    const editor = await openEditor({ width: 1800 });
    try {
        const { page } = editor;
        const flow = exampleFlow('01 - Mirror a marketing list');
        const idOf = (type: string) => String(flow.find((node) => node['type'] === type)?.['id']);
        await importNodes(page, flow);
        await deploy(page);
        await press(editor, idOf('inject'));
        await untilStatus(page, idOf('oro-list-reader'), /in step/);
        await untilStatus(page, idOf('dotdigital-contact-upsert'), /new/);
        await page.evaluate(`RED.workspaces.show('${idOf('tab')}')`);
        await flowPicture(page);
        await dialogPicture(page, idOf('oro-list-reader'), 'list-reader', '#oro-dotdigital-preview');
        await dialogPicture(page, idOf('dotdigital-contact-upsert'), 'contact-upsert', '#oro-dotdigital-add-matching');
    } finally {
        await editor.close();
    }
}

/** The part of the canvas that holds the flow. */
async function flowPicture(page: Page): Promise<void> {
    await page.evaluate('RED.view.redraw(true)');
    await page.locator('.red-ui-notification').waitFor({ state: 'detached', timeout: 30_000 });
    const boxes = await page
        .locator('#red-ui-workspace-chart .red-ui-flow-node, #red-ui-workspace-chart .red-ui-flow-node-status-group')
        .evaluateAll((elements: Element[]) =>
            elements
                .map((element) => element.getBoundingClientRect())
                .filter(({ width }) => width > 0)
                .map(({ left, top, right, bottom }) => ({ left, top, right, bottom })),
        );
    const margin = 25;
    const left = Math.min(...boxes.map((box) => box.left)) - margin;
    const top = Math.min(...boxes.map((box) => box.top)) - margin;
    const width = Math.max(...boxes.map((box) => box.right)) - left + margin;
    const height = Math.max(...boxes.map((box) => box.bottom)) - top + margin;
    await page.screenshot({ path: join(FOLDER, 'flow.png'), clip: { x: left, y: top, width, height } });
}

/** A dialog after one of its buttons was pressed and answered. */
async function dialogPicture(page: Page, id: string, name: string, button: string): Promise<void> {
    const dialog: Locator = await openDialog(page, id);
    await page.waitForTimeout(1500);
    await dialog.locator(button).click();
    await page.waitForTimeout(1500);
    await dialog.screenshot({ path: join(FOLDER, `${name}.png`) });
    await done(page);
}

main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
});
