import type { NodeAPI } from 'node-red';
import { type PackageError, SERVICE_NAMES, ServiceError } from '../http/errors';
import { packageError } from './unexpected';

/** Catalogue that holds the texts which all nodes share. */
const CATALOGUE = '@oro-dotdigital/node-red/oro-dotdigital-connection';

/** A text of the shared catalogue, in the language of Node-RED; the key itself where there is none. */
export function text(RED: NodeAPI, key: string, values: Readonly<Record<string, string | number>> = {}): string {
    const found = RED._(`${CATALOGUE}:${key}`, values as Record<string, string>);
    return typeof found === 'string' && !found.endsWith(key) ? found : key;
}

/** What a number looks like in a status: thousands apart, so that 12 000 and 120 000 are not mixed up. */
export function grouped(count: number): string {
    return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, '\u00a0');
}

/**
 * The error as Node-RED passes it on: its name is the code, its text is in the language of Node-RED, and nothing hangs on
 * it that could hold a secret.
 */
export function reportable(RED: NodeAPI, error: unknown): Error & { code: string } {
    const failure = packageError(error);
    const report = new Error(messageOf(RED, failure)) as Error & { code: string; status?: number };
    report.name = failure.code;
    report.code = failure.code;
    if (failure.status !== undefined) report.status = failure.status;
    report.stack = `${failure.code}: ${report.message}`;
    return report;
}

/** The English text says what happened in this very case; other languages have one text for each code. */
function messageOf(RED: NodeAPI, failure: PackageError): string {
    const language = String((RED.settings as { lang?: unknown }).lang ?? 'en');
    if (language.startsWith('en')) return failure.message;
    const found = text(RED, `errors.${failure.code}`, { ...failure.details, service: serviceOf(failure) });
    return found.startsWith('errors.') || found.includes('__') ? failure.message : found;
}

/** A few words for the status under a node. */
export function shortText(RED: NodeAPI, code: string, service = ''): string {
    const found = text(RED, `short.${code}`, { service });
    return found.startsWith('short.') ? code : found;
}

/** The service that a failure is about, in as few letters as a status has room for; '' where it is about none. */
export function serviceOf(failure: unknown): string {
    if (!(failure instanceof ServiceError)) return '';
    return failure.service === 'oro' ? 'Oro' : SERVICE_NAMES[failure.service];
}
