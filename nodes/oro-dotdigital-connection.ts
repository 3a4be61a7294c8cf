import Joi from 'joi';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { registerAdminRoutes } from '../src/runtime/admin';
import { Connection, type ConnectionCredentials, type ConnectionSettings } from '../src/runtime/connection';
import { hostOf } from '../src/runtime/host';
import { checked } from '../src/runtime/settings';

const text = Joi.string().allow('').trim().default('');

/** Settings as they are saved. A missing environment means live, so that nothing ever turns into practice by itself. */
const SETTINGS = Joi.object({
    name: text,
    environment: Joi.string().valid('sandbox', 'dryRun', 'live').empty('').default('live'),
    oroUrl: text,
    oroAdminPrefix: Joi.string().empty('').default('admin'),
    dotdigitalUrl: text,
    callbackUrl: text,
    tls: text,
    storePath: text,
}).label('settings');

type ConnectionNode = Node<Partial<ConnectionCredentials>> & { connection?: Connection };

/** The shared connection to OroCommerce and Dotdigital: both services, the sandbox, and the durable memory. */
export = (RED: NodeAPI): void => {
    function OroDotdigitalConnection(this: ConnectionNode, config: NodeDef) {
        RED.nodes.createNode(this, config);
        try {
            const settings = checked(SETTINGS, config) as Omit<ConnectionSettings, 'id' | 'credentials'>;
            const {
                oroClientId = '',
                oroClientSecret = '',
                dotdigitalUser = '',
                dotdigitalPassword = '',
            } = this.credentials ?? {};
            const credentials = {
                oroClientId: oroClientId.trim(),
                oroClientSecret,
                dotdigitalUser: dotdigitalUser.trim(),
                dotdigitalPassword,
            };
            const connection = new Connection({ ...settings, id: this.id, credentials }, hostOf(RED));
            this.connection = connection;
            this.on('close', (done: () => void) => {
                connection.close().then(done, done);
            });
        } catch (error) {
            this.error(error instanceof Error ? error.message : String(error));
        }
    }

    RED.nodes.registerType('oro-dotdigital-connection', OroDotdigitalConnection as never, {
        credentials: {
            oroClientId: { type: 'text' },
            oroClientSecret: { type: 'password' },
            dotdigitalUser: { type: 'text' },
            dotdigitalPassword: { type: 'password' },
        },
    });
    registerAdminRoutes(RED);
};
