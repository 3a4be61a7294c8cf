/**
 * A date as Dotdigital's filters take it: UTC, whole seconds, `Z` at the end. A fraction is cut off, so that nothing of
 * that second is missed.
 */
export function dotdigitalDate(date: string | number): string {
    return `${new Date(date).toISOString().slice(0, 19)}Z`;
}

/**
 * A date that Dotdigital sent, as ISO text in UTC. `2020-01-01T09:40:18.527Z` and `2020-01-01 09:40:18.527000+00:00` are
 * both met; one that is neither comes back as it is.
 */
export function isoDate(date: string): string {
    const parsed = new Date(
        date
            .trim()
            .replace(' ', 'T')
            .replace(/(\.\d{3})\d+/, '$1'),
    );
    return Number.isNaN(parsed.getTime()) ? date : parsed.toISOString();
}
