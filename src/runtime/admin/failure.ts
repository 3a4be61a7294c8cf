import { isPackageError, SERVICE_NAMES, ServiceError } from '../../http/errors';

/** A failure as the dialogs show it: the code finds the text in their language, `text` is the English one. */
export interface Failure {
    readonly code: string;
    readonly text: string;
    /** Values for the place-holders of the text. */
    readonly values: Readonly<Record<string, string | number>>;
}

/** The part of a failure that may leave the server: never a secret, a body or an address. */
export function failureOf(error: unknown): Failure {
    if (!isPackageError(error)) {
        return { code: 'unexpected', text: 'Something went wrong that this package did not expect.', values: {} };
    }
    const values: Record<string, string | number> = { ...error.details };
    if (error.status !== undefined) values['status'] = error.status;
    if (error instanceof ServiceError) values['service'] = SERVICE_NAMES[error.service];
    return { code: error.code, text: error.message, values };
}
