/** What a {@link PackageError} is made of. */
export interface ErrorParts {
    /** HTTP status of the answer, where there was one. */
    readonly status?: number;
    /** True when the same call may succeed later without anybody changing anything. */
    readonly retryable?: boolean;
    /** Values for the text of the error: names of properties, resources, fields. Never a secret or an address. */
    readonly details?: Readonly<Record<string, string | number>>;
}

/**
 * Every failure that this package reports. `code` is stable and listed in the README; the message tells a person
 * what happened and what to do. Neither carries a secret, a request body, an e-mail address or a name.
 */
export class PackageError extends Error {
    override readonly name: string = 'OroDotdigitalError';
    readonly code: string;
    readonly status: number | undefined;
    readonly retryable: boolean;
    readonly details: Readonly<Record<string, string | number>>;

    constructor(code: string, message: string, parts: ErrorParts = {}) {
        super(message);
        this.code = code;
        this.status = parts.status;
        this.retryable = parts.retryable ?? false;
        this.details = parts.details ?? {};
    }
}

/** The service that a request went to. */
export type Service = 'oro' | 'dotdigital';

/** The name that people know the service by. */
export const SERVICE_NAMES: Readonly<Record<Service, string>> = { oro: 'OroCommerce', dotdigital: 'Dotdigital' };

/** A request that failed, whatever the reason: the network, the transport, or an answer that says no. */
export class ServiceError extends PackageError {
    override readonly name = 'ServiceError';
    readonly service: Service;

    constructor(service: Service, code: string, message: string, parts: ErrorParts = {}) {
        super(code, message, parts);
        this.service = service;
    }
}

/** True for errors that this package made, so that their text is known to be free of secrets. */
export function isPackageError(error: unknown): error is PackageError {
    return error instanceof PackageError;
}
