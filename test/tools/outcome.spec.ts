import 'should';
import type { SandboxReport } from '../../src/sandbox';
import type { Summary } from '../../src/sync/summary';
import { disagreements, nothingSent, type Outcome, table } from './outcome';

function outcome(summary: Partial<Summary> = {}, report: Partial<SandboxReport> = {}, members = 12_790): Outcome {
    const standings = { withoutEmail: 10, duplicates: 30, optedOut: 0, unreadable: 0, leftOutByFlow: 0, suppressed: 0 };
    const rest = { rejected: 0, stillRejected: 0, unconfirmed: 0, inList: 12_750 };
    const counts = { read: 12_790, joined: 12_750, changed: 0, left: 0, unchanged: 0, held: 0, batches: 13 };
    const run = {
        run: 'a',
        startedAt: '',
        complete: true,
        incomplete: '',
        cause: '',
        overridden: [],
        dryRun: false,
        durationMs: 1,
    };
    const others = { requests: { oro: 1, dotdigital: 1 }, rejectedReasons: {}, unsubscribedAgain: 0, error: null };
    const all = { members: 12_790, ...standings, ...rest, ...counts, ...run, ...others, ...summary };
    const held = { lists: { 1001: 12_750 }, requests: {}, resubscribed: [], statusSent: 0, deleted: 0, ...report };
    return {
        summary: all,
        oroList: { id: '1', name: 'Newsletter' },
        dotdigitalList: { id: '1001', name: 'Oro newsletter' },
        sandbox: { members, report: held as unknown as SandboxReport },
    };
}

describe('What npm start says of a synchronisation', () => {
    it('shows where every member stands, beside what the sandbox counts', () => {
        table(outcome())
            .split('\n')
            .should.eql([
                '                                      summary  sandbox',
                '  members of "Newsletter" in Oro       12 790   12 790',
                '    without e-mail                       - 10',
                '    same address as another              - 30',
                '  on "Oro newsletter" in Dotdigital  = 12 750   12 750',
                '',
                '  12 750 joined, 0 changed, 0 left, 0 were in step.',
            ]);
    });

    it('finds nothing wrong where both sides agree', () => disagreements(outcome()).should.eql([]));

    it('names each number that does not fit', () => {
        disagreements(outcome({ duplicates: 29 })).should.eql(['The summary does not add up: 12 789 of 12 790 members.']);
        disagreements(outcome({}, {}, 12_791)).should.eql(['Oro has 12 791 members, the summary 12 790.']);
        disagreements(outcome({}, { lists: { 1001: 12_749 } })).should.eql([
            'Dotdigital has 12 749 on the list, the summary 12 750.',
        ]);
        disagreements(outcome({}, { resubscribed: ['a@example.com'] })).should.eql(['1 people were subscribed again.']);
        disagreements(outcome({}, { statusSent: 1, deleted: 2 })).should.have.length(2);
        disagreements(outcome({ complete: false })).should.eql(['Not all members could be read.']);
        disagreements(outcome({ unconfirmed: 5, inList: 12_745 }, { lists: { 1001: 12_745 } })).should.eql([
            '5 people were sent and not confirmed.',
        ]);
        disagreements(outcome({ error: { code: 'x', message: 'OroCommerce is in maintenance.', service: 'Oro' } })).should.eql([
            'The run ended early: OroCommerce is in maintenance.',
        ]);
    });

    it('says that nothing was sent only when nothing was', () => {
        const quiet = { joined: 0, batches: 0, unchanged: 12_750 };
        nothingSent(outcome(quiet, { requests: { 'GET /contacts/v3': 3, 'POST /oauth2-token': 1 } })).should.be.true();
        nothingSent(outcome(quiet, { requests: { 'PUT /contacts/v3/import': 1 } })).should.be.false();
        nothingSent(outcome(quiet, { requests: { 'DELETE /v2/address-books/{id}/contacts/{id}': 1 } })).should.be.false();
        nothingSent(outcome()).should.be.false();
    });
});
