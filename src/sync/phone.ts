/** Digits of an international number with its country code (ITU E.164: at most 15, and no country code begins with 0). */
const INTERNATIONAL = /^[1-9]\d{6,14}$/;

/**
 * A phone number as Dotdigital keeps mobile numbers: E.164 without the plus sign.
 *
 * @returns null when the number has no country code, since guessing it could reach somebody else
 */
export function mobileNumber(value: string): string | null {
    const text = value.trim().replace(/[\s().\-/]/g, '');
    const digits = text.startsWith('+') ? text.slice(1) : text.startsWith('00') ? text.slice(2) : null;
    return digits !== null && INTERNATIONAL.test(digits) ? digits : null;
}
