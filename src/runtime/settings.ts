import type { ObjectSchema } from 'joi';
import { PackageError } from '../http/errors';

/**
 * Checks the settings of a node, or what a message overrides, and types them.
 *
 * @throws PackageError settingsInvalid or messageInvalid that names each bad property and what is expected; values are
 *   never repeated
 */
export function checked<T>(
    schema: ObjectSchema<T>,
    value: unknown,
    code: 'settingsInvalid' | 'messageInvalid' = 'settingsInvalid',
): T {
    const result = schema.validate(value, {
        abortEarly: false,
        convert: true,
        stripUnknown: true,
        errors: { wrap: { label: '' } },
    });
    if (result.error === undefined) return result.value;
    const texts = result.error.details.map((detail) => expectation(detail.message));
    const property = result.error.details[0]?.path.join('.') ?? '';
    throw new PackageError(code, `${code === 'settingsInvalid' ? 'Settings' : 'Message'}: ${texts.join('; ')}.`, {
        details: { property },
    });
}

function expectation(message: string): string {
    return message.replace(/\.$/, '');
}

/** Brings the settings of an older saved flow up to date: each step goes from one version to the next. */
export function upgraded(
    config: Readonly<Record<string, unknown>>,
    steps: readonly ((old: Record<string, unknown>) => Record<string, unknown>)[],
): Record<string, unknown> {
    let current: Record<string, unknown> = { ...config };
    const version = typeof config['version'] === 'number' ? config['version'] : 1;
    for (const step of steps.slice(Math.max(0, version - 1))) current = step(current);
    return current;
}
