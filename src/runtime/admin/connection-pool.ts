import type { NodeAPI } from 'node-red';
import { hostOf } from '../host';
import type { ConnectionBody } from './bodies';
import { connectionKey } from './cache';
import { settingsOf } from './connection-settings';
import { DialogConnection } from './dialog-connection';

/** How long a connection stays open after its last use: a dialog asks several things one after the other. Milliseconds. */
const IDLE = 60_000;

interface Pooled {
    readonly connection: DialogConnection;
    users: number;
    timer: NodeJS.Timeout | null;
}

/** The connections of open dialogs: the same values share one. */
export class ConnectionPool {
    private readonly open = new Map<string, Pooled>();

    constructor(private readonly RED: NodeAPI) {}

    /** Runs something with the connection that a request names. */
    async use<T>(body: ConnectionBody, run: (connection: DialogConnection) => Promise<T>): Promise<T> {
        const settings = settingsOf(this.RED, body);
        const key = connectionKey(settings);
        const pooled = this.open.get(key) ?? this.add(key, new DialogConnection(settings, hostOf(this.RED)));
        pooled.users++;
        if (pooled.timer !== null) clearTimeout(pooled.timer);
        pooled.timer = null;
        try {
            return await run(pooled.connection);
        } finally {
            pooled.users--;
            if (pooled.users === 0) this.closeLater(key, pooled);
        }
    }

    async close(): Promise<void> {
        const all = [...this.open.values()];
        this.open.clear();
        for (const { timer } of all) if (timer !== null) clearTimeout(timer);
        await Promise.all(all.map(({ connection }) => connection.close()));
    }

    private add(key: string, connection: DialogConnection): Pooled {
        const pooled: Pooled = { connection, users: 0, timer: null };
        this.open.set(key, pooled);
        return pooled;
    }

    private closeLater(key: string, pooled: Pooled): void {
        if (this.open.get(key) !== pooled) return;
        pooled.timer = setTimeout(() => {
            this.open.delete(key);
            pooled.connection.close().catch(() => undefined);
        }, IDLE);
        pooled.timer.unref();
    }
}
