/** A request that a service refused by itself (not through a fault). */
export interface RefusedRequest {
    readonly method: string;
    readonly path: string;
    readonly status: number;
    readonly why: string;
}

const KEPT_REFUSALS = 1000;
const IDENTIFIER = /^(\d+|[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\d.*|.*(@|%40).*)$/i;

/** Counts requests by name and keeps the last refusals. */
export class RequestLog {
    readonly requests: Record<string, number> = {};
    readonly refused: RefusedRequest[] = [];

    count(method: string, path: string): void {
        const name = requestName(method, path);
        this.requests[name] = (this.requests[name] ?? 0) + 1;
    }

    refuse(refusal: RefusedRequest): void {
        this.refused.push(refusal);
        if (this.refused.length > KEPT_REFUSALS) this.refused.shift();
    }
}

/** Method and path with `{id}` for identifiers, dates and addresses: `PATCH /contacts/v3/email/{id}`. */
export function requestName(method: string, path: string): string {
    const parts = path.split('/').map((part) => (IDENTIFIER.test(part) ? '{id}' : part));
    const valueOfIdentifier = parts[1] === 'contacts' && parts[2] === 'v3' && parts.length === 5;
    if (valueOfIdentifier) parts[4] = '{id}';
    return `${method} ${parts.join('/')}`;
}
