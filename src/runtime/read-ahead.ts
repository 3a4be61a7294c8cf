/** Asks for the next value while the last one is handled. */
export async function* prefetched<T>(values: AsyncGenerator<T>): AsyncGenerator<T> {
    let next = values.next();
    // A failure is reported when its value is asked for, not before.
    next.catch(() => undefined);
    try {
        for (;;) {
            const result = await next;
            if (result.done === true) return;
            next = values.next();
            next.catch(() => undefined);
            yield result.value;
        }
    } finally {
        await values.return(undefined).catch(() => undefined);
    }
}

/** Starts up to `most` of the requests at a time, and gives their answers in the order in which they were asked. */
export async function* inOrder<T>(requests: AsyncGenerator<() => Promise<T>>, most: number): AsyncGenerator<T> {
    const started: Promise<T>[] = [];
    try {
        for (let ended = false; !ended || started.length > 0; ) {
            while (!ended && started.length < most) {
                const request = await requests.next();
                ended = request.done === true;
                if (request.done === true) break;
                const answer = request.value();
                answer.catch(() => undefined);
                started.push(answer);
            }
            const first = started.shift();
            if (first !== undefined) yield await first;
        }
    } finally {
        await requests.return(undefined).catch(() => undefined);
    }
}
