import type { NodeAPI } from 'node-red';

/** Loads editor.html: the texts, requests and styles that the dialogs of all nodes share. Runs nothing in the runtime. */
export = (RED: NodeAPI): void => {
    RED.plugins.registerPlugin('oro-dotdigital-editor', { type: 'oro-dotdigital-editor' });
};
