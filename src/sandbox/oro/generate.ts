/** A number from 0 to 2^32 - 1 that depends on all three arguments and on nothing else: the whole population is made of it. */
export function mix(seed: number, salt: number, id: number): number {
    let value = (Math.imul(id, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b) ^ Math.imul(salt + 1, 0xc2b2ae35)) >>> 0;
    value = Math.imul(value ^ (value >>> 16), 0x7feb352d);
    value = Math.imul(value ^ (value >>> 15), 0x846ca68b);
    return (value ^ (value >>> 16)) >>> 0;
}

/** A moment as Oro writes it: UTC, whole seconds, `2026-11-23T15:11:24Z`. */
export function oroTime(milliseconds: number): string {
    return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** A day as Oro writes it: `1986-03-01`. */
export function oroDay(milliseconds: number): string {
    return new Date(milliseconds).toISOString().slice(0, 10);
}

export const DAY = 86_400_000;

/** Some first names with their spelling in an address. */
export const FIRST_NAMES: readonly (readonly [string, string])[] = [
    ['Amanda', 'amanda'],
    ['Benjamin', 'benjamin'],
    ['Clara', 'clara'],
    ['David', 'david'],
    ['Élodie', 'elodie'],
    ['Florian', 'florian'],
    ['Greta', 'greta'],
    ['Hannes', 'hannes'],
    ['Ines', 'ines'],
    ['Jürgen', 'juergen'],
    ['Karin', 'karin'],
    ['Luís', 'luis'],
    ['Marlene', 'marlene'],
    ['Noah', 'noah'],
    ['Olivia', 'olivia'],
    ['Paul', 'paul'],
    ['Quentin', 'quentin'],
    ['Rosa', 'rosa'],
    ['Søren', 'soeren'],
    ['Theresa', 'theresa'],
    ['Ulrich', 'ulrich'],
    ['Vera', 'vera'],
    ['William', 'william'],
    ['Yvonne', 'yvonne'],
];

/** Some last names with their spelling in an address. */
export const LAST_NAMES: readonly (readonly [string, string])[] = [
    ['Abel', 'abel'],
    ['Böhm', 'boehm'],
    ['Cole', 'cole'],
    ['Dietz', 'dietz'],
    ['Edwards', 'edwards'],
    ['Fischer', 'fischer'],
    ['García', 'garcia'],
    ['Hansen', 'hansen'],
    ['Ivanova', 'ivanova'],
    ['Jansen', 'jansen'],
    ['Kowalski', 'kowalski'],
    ['Lindqvist', 'lindqvist'],
    ['Müller', 'mueller'],
    ['Novak', 'novak'],
    ["O'Connor", 'oconnor'],
    ['Peters', 'peters'],
    ['Quinn', 'quinn'],
    ['Rossi', 'rossi'],
    ['Schäfer', 'schaefer'],
    ['Taylor', 'taylor'],
    ['Ueda', 'ueda'],
    ['Vogel', 'vogel'],
    ['Weiß', 'weiss'],
    ['Yıldız', 'yildiz'],
    ['Zimmermann', 'zimmermann'],
    ['van den Berg', 'vandenberg'],
];

/** Picks one of the entries. */
export function pick<T>(entries: readonly T[], number: number): T {
    return entries[number % entries.length] as T;
}
