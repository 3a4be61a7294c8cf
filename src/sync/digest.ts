import * as crypto from 'node:crypto';

/** Missing before Node.js 20.12. */
const inOneCall = (crypto as Partial<Pick<typeof crypto, 'hash'>>).hash;

/** Digest of a text, base64url. In one call where Node.js has it, since it is asked for each record. */
export function digest(algorithm: 'sha1' | 'sha256', text: string): string {
    return inOneCall?.(algorithm, text, 'base64url') ?? crypto.createHash(algorithm).update(text).digest('base64url');
}
