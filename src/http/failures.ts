import { SERVICE_NAMES, type Service, ServiceError } from './errors';

/** A request that was not sent, because the calls of this window are used up for longer than the client may wait. */
export function outOfCalls(service: Service): ServiceError {
    return new ServiceError(
        service,
        'rateLimited',
        `${SERVICE_NAMES[service]} allows no more requests for now. Try again later.`,
        {
            retryable: true,
        },
    );
}

/** An answer whose body is not the JSON it should be. */
export function badJson(service: Service, status: number): ServiceError {
    return new ServiceError(
        service,
        'badAnswer',
        `${SERVICE_NAMES[service]} sent an answer that is not JSON. Check that the address is the one of the service itself.`,
        { status },
    );
}

/** An answer whose JSON is not of the documented shape. `what` names what was asked for. */
export function unexpectedAnswer(service: Service, what: string): ServiceError {
    return new ServiceError(
        service,
        'badAnswer',
        `${SERVICE_NAMES[service]} sent something else than the ${what} that was asked for. Check that the address is the one of the service itself.`,
        { details: { reason: what } },
    );
}

/** Reading on would never end: the service repeats a page. */
export function pageStuck(service: Service, what: string): ServiceError {
    return new ServiceError(
        service,
        'pageStuck',
        `${SERVICE_NAMES[service]} sends the same page of ${what} again and again, so the reading was given up before its end.`,
        { details: { resource: what } },
    );
}
