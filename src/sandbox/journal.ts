import { closeSync, existsSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxEvent } from './service';

const FILE_NAME = 'sandbox.journal';
const CHUNK_BYTES = 1 << 20;
const NEWLINE = 10;

/** What is fixed for a state's whole life; the first line of its journal. */
export interface StateIdentity {
    readonly size: number;
    readonly seed: number;
    readonly accountId: number;
    readonly organizationId: number;
}

/**
 * The sandbox's state as JSON lines, one event each, appended with a synchronous write before the request is answered: the operating
 * system has it, so that a killed process loses nothing that was answered. A half-written last line (killed while writing, not
 * answered) is cut off when the journal is opened.
 */
export class Journal {
    private constructor(
        private readonly directory: string,
        private descriptor: number,
        /** Bytes written so far. */
        public length: number,
        readonly identity: StateIdentity,
    ) {}

    /** Opens the journal in `directory`, or begins one with `identity`; what is stored wins over what is asked for. */
    static open(directory: string, identity: StateIdentity): Journal {
        mkdirSync(directory, { recursive: true });
        const path = join(directory, FILE_NAME);
        if (!existsSync(path)) return Journal.begin(directory, identity);
        const descriptor = openSync(path, 'r+');
        const length = endOfLastLine(descriptor);
        ftruncateSync(descriptor, length);
        const [first] = readLines(descriptor, length);
        if (first === undefined) {
            closeSync(descriptor);
            return Journal.begin(directory, identity);
        }
        return new Journal(directory, descriptor, length, JSON.parse(first) as StateIdentity);
    }

    private static begin(directory: string, identity: StateIdentity): Journal {
        const journal = new Journal(directory, openSync(join(directory, FILE_NAME), 'w+'), 0, identity);
        journal.append({ ...identity, kind: 'sandbox.state' });
        return journal;
    }

    append(event: SandboxEvent): void {
        this.length += writeLine(this.descriptor, this.length, event);
    }

    /** All events after the first line, in order, each with about how long it is. */
    *events(): Generator<{ readonly event: SandboxEvent & { readonly at: string }; readonly bytes: number }> {
        let first = true;
        for (const line of readLines(this.descriptor, this.length)) {
            if (!first) yield { event: JSON.parse(line) as SandboxEvent & { at: string }, bytes: line.length };
            first = false;
        }
    }

    /** Replaces the journal by another one that leads to the same state; the old one is there until the new one is complete. */
    rewrite(events: Iterable<SandboxEvent>): void {
        const path = join(this.directory, FILE_NAME);
        const fresh = openSync(`${path}.new`, 'w+');
        let length = writeLine(fresh, 0, { ...this.identity, kind: 'sandbox.state' });
        for (const event of events) length += writeLine(fresh, length, event);
        renameSync(`${path}.new`, path);
        closeSync(this.descriptor);
        this.descriptor = fresh;
        this.length = length;
    }

    close(): void {
        closeSync(this.descriptor);
    }
}

function writeLine(descriptor: number, position: number, event: SandboxEvent): number {
    const line = Buffer.from(`${JSON.stringify(event)}\n`);
    let written = 0;
    while (written < line.length) written += writeSync(descriptor, line, written, line.length - written, position + written);
    return line.length;
}

function endOfLastLine(descriptor: number): number {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let end = fstatSync(descriptor).size;
    while (end > 0) {
        const start = Math.max(0, end - CHUNK_BYTES);
        const read = readSync(descriptor, chunk, 0, end - start, start);
        const newline = chunk.lastIndexOf(NEWLINE, read - 1);
        if (newline >= 0) return start + newline + 1;
        end = start;
    }
    return 0;
}

function* readLines(descriptor: number, length: number): Generator<string> {
    const parts: Buffer[] = [];
    for (let position = 0; position < length; ) {
        const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, length - position));
        const read = readSync(descriptor, chunk, 0, chunk.length, position);
        if (read === 0) return;
        position += read;
        let start = 0;
        for (let newline = chunk.indexOf(NEWLINE); newline >= 0 && newline < read; newline = chunk.indexOf(NEWLINE, start)) {
            parts.push(chunk.subarray(start, newline));
            yield Buffer.concat(parts).toString('utf8');
            parts.length = 0;
            start = newline + 1;
        }
        if (start < read) parts.push(chunk.subarray(start, read));
    }
}
