/** Which of the two services. */
export type ServiceName = 'oro' | 'dotdigital';

/**
 * What goes wrong, and with which requests.
 *
 * - `answer` (default): `status` (default 500), `headers` and `body` are answered instead of handling the request
 * - `html`: the same with a web page (status default 200)
 * - `reset`: the connection is cut before the request is handled; `resetAfter`: it is handled, then cut
 * - `hang`: never handled and never answered; `hangAfter`: handled, never answered
 * - `delay`: handled `ms` milliseconds later
 */
export interface Fault {
    readonly service: ServiceName;
    readonly method?: string;
    /** Regular expression, tested against path and query as they were sent. */
    readonly path: string;
    /** How many requests it meets; default 1. */
    readonly times?: number;
    /** How many matching requests pass before it begins; default 0. */
    readonly skip?: number;
    readonly kind?: 'answer' | 'html' | 'reset' | 'resetAfter' | 'hang' | 'hangAfter' | 'delay';
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly ms?: number;
}

interface ArmedFault {
    readonly fault: Fault;
    readonly path: RegExp;
    skip: number;
    left: number;
}

/** The faults that are waiting for their requests. */
export class Faults {
    private armed: ArmedFault[] = [];

    add(fault: Fault): void {
        this.armed.push({ fault, path: new RegExp(fault.path), skip: fault.skip ?? 0, left: fault.times ?? 1 });
    }

    clear(): void {
        this.armed = [];
    }

    /** The first fault that meets this request, used up by one. */
    take(service: ServiceName, method: string, url: string): Fault | null {
        for (const armed of this.armed) {
            const { fault } = armed;
            if (fault.service !== service || (fault.method && fault.method !== method) || !armed.path.test(url)) continue;
            if (armed.skip > 0) {
                armed.skip--;
                continue;
            }
            armed.left--;
            if (armed.left <= 0) this.armed = this.armed.filter((other) => other !== armed);
            return fault;
        }
        return null;
    }
}
