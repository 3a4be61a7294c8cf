import type { SandboxAnswer } from '../service';

/** One entry of a v3 error's `details`. */
export interface ErrorDetail {
    readonly item: string;
    readonly description: string;
}

/** A v2 error: `{"message": "… ERROR_TOKEN"}`. */
export function v2Error(status: number, message: string): SandboxAnswer {
    return { status, body: { message } };
}

/** A v3 error: `{"errorCode": "contacts:…", "description": "…", "details": [...]}`. */
export function v3Error(status: number, errorCode: string, description: string, details?: readonly ErrorDetail[]): SandboxAnswer {
    return { status, body: { errorCode, description, ...(details?.length && { details }) } };
}

export const listNotFound = (): SandboxAnswer => v2Error(404, 'Address book not found. ERROR_ADDRESSBOOK_NOT_FOUND');
export const contactNotFoundV2 = (): SandboxAnswer => v2Error(404, 'Contact not found. ERROR_CONTACT_NOT_FOUND');

export function contactNotFound(identifier: string, value: string): SandboxAnswer {
    const details = [{ item: value, description: `Not found using the identifier '${identifier}'` }];
    return v3Error(404, 'contacts:contactNotFound', 'The following contacts could not be found', details);
}

/** Thrown where a request cannot go on; the service answers with it. */
export class Refusal extends Error {
    constructor(readonly answer: SandboxAnswer) {
        super('refused');
    }
}
