import { ServiceError } from '../../src/http/errors';

/** The failure that a call ends with. */
export async function failureOf(call: Promise<unknown>): Promise<ServiceError> {
    try {
        await call;
    } catch (error) {
        if (error instanceof ServiceError) {
            return error;
        }
        throw error;
    }
    throw new Error('the call succeeded');
}

/** All that a generator yields. */
export async function everything<T>(source: AsyncIterable<T>): Promise<T[]> {
    const all: T[] = [];
    for await (const one of source) {
        all.push(one);
    }
    return all;
}
