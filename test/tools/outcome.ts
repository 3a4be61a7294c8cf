import type { SandboxReport } from '../../src/sandbox';
import { STANDINGS, type Standing, type Summary } from '../../src/sync/summary';

/** What a standing is called for the person at the terminal. */
const WORDS: Readonly<Record<Standing, string>> = {
    withoutEmail: 'without e-mail',
    duplicates: 'same address as another',
    optedOut: 'opted out in Oro',
    unreadable: 'not readable',
    leftOutByFlow: 'left out by the flow',
    suppressed: 'suppressed in Dotdigital',
    rejected: 'rejected now',
    stillRejected: 'rejected before',
    unconfirmed: 'not confirmed',
    inList: 'on the list in Dotdigital',
};

/** Requests by which contacts or lists are changed. */
const WRITES = /^(PUT|PATCH|POST|DELETE) \/(contacts|v2\/(contacts|address-books))/;

/** A list of either side. */
export interface NamedList {
    readonly id: string;
    readonly name: string;
}

/** What a synchronisation came to, as the nodes say and as the sandbox says. */
export interface Outcome {
    readonly summary: Summary;
    readonly oroList: NamedList;
    readonly dotdigitalList: NamedList;
    /** What the sandbox counts by itself. */
    readonly sandbox: {
        /** Members of the marketing list, without those taken off it by hand. */
        readonly members: number;
        readonly report: SandboxReport;
    };
}

/** True when everybody was in step before, so that nothing had to be sent and nothing was. */
export function nothingSent({ summary, sandbox }: Outcome): boolean {
    return (
        summary.batches === 0 &&
        summary.left === 0 &&
        !Object.keys(sandbox.report.requests).some((request) => WRITES.test(request))
    );
}

/** What does not fit together; empty when both sides agree. */
export function disagreements({ summary, dotdigitalList, sandbox }: Outcome): string[] {
    const found: string[] = [];
    if (summary.error) found.push(`The run ended early: ${summary.error.message}`);
    if (!summary.complete) found.push('Not all members could be read.');
    if (summary.unconfirmed > 0) found.push(`${count(summary.unconfirmed)} people were sent and not confirmed.`);

    const sum = STANDINGS.reduce((total, standing) => total + summary[standing], 0);
    if (sum !== summary.members) found.push(`The summary does not add up: ${count(sum)} of ${count(summary.members)} members.`);
    if (sandbox.members !== summary.members)
        found.push(`Oro has ${count(sandbox.members)} members, the summary ${count(summary.members)}.`);
    const onList = sandbox.report.lists[dotdigitalList.id] ?? 0;
    if (onList !== summary.inList)
        found.push(`Dotdigital has ${count(onList)} on the list, the summary ${count(summary.inList)}.`);
    const { resubscribed, statusSent, deleted } = sandbox.report;
    if (resubscribed.length > 0) found.push(`${count(resubscribed.length)} people were subscribed again.`);
    if (statusSent > 0) found.push(`${count(statusSent)} requests sent a subscription status.`);
    if (deleted > 0) found.push(`${count(deleted)} contacts were deleted.`);
    return found;
}

/** The outcome as a table for a person: where every member stands, and beside it what the sandbox itself counts. */
export function table({ summary, oroList, dotdigitalList, sandbox }: Outcome): string {
    const rows: Row[] = [
        ['', 'summary', 'sandbox'],
        [`members of "${oroList.name}" in Oro`, count(summary.members), count(sandbox.members)],
        ...STANDINGS.filter((standing) => standing !== 'inList' && summary[standing] > 0).map(
            (standing): Row => [`  ${WORDS[standing]}`, `- ${count(summary[standing])}`, ''],
        ),
        [
            `on "${dotdigitalList.name}" in Dotdigital`,
            `= ${count(summary.inList)}`,
            count(sandbox.report.lists[dotdigitalList.id] ?? 0),
        ],
    ];
    const width = (column: 0 | 1 | 2) => Math.max(...rows.map((row) => row[column].length));
    const aligned = rows.map(([name, ours, theirs]) =>
        `  ${name.padEnd(width(0))}  ${ours.padStart(width(1))}  ${theirs.padStart(width(2))}`.trimEnd(),
    );
    const { joined, changed, left, unchanged } = summary;
    const travelled = `${count(joined)} joined, ${count(changed)} changed, ${count(left)} left, ${count(unchanged)} were in step.`;
    return [...aligned, '', `  ${travelled}`].join('\n');
}

type Row = [name: string, ours: string, theirs: string];

/** A number as people read it: 12 480. */
function count(value: number): string {
    return String(value).replace(/\B(?=(\d{3})+$)/g, ' ');
}
