import { digest } from './digest';

/** Longest address that mail servers accept (RFC 5321: 256 octets with the angle brackets). */
const MAX_ADDRESS_LENGTH = 254;

/** An unquoted or a quoted local part, and a domain with at least one dot. Dotdigital's own check is stricter and has the last word. */
const ADDRESS =
    /^(?:[^\s@"<>(),;:[\]\\]+|"(?:[^"\\\r\n]|\\.)+")@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}]{2,}$/iu;

/** The form in which two spellings of one address are the same: trimmed and in lower case. Null where there is none. */
export function normalAddress(value: unknown): string | null {
    if (typeof value !== 'string') return null;
    const address = value.trim().toLowerCase();
    return address === '' ? null : address;
}

/** True for what can be an e-mail address; expects the normal form. */
export function isAddress(address: string): boolean {
    return address.length <= MAX_ADDRESS_LENGTH && ADDRESS.test(address);
}

/**
 * The hash under which an address is remembered: without the secret of the memory nobody can tell from it whose it is.
 *
 * @param address in normal form
 */
export function addressHash(secret: Buffer, address: string): string {
    // The secret leads and the digest is cut: nobody without it can tell or extend a hash.
    return digest('sha256', `${secret.toString('latin1')}${address}`).slice(0, 20);
}
