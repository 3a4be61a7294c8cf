import fc from 'fast-check';
import should from 'should';
import { ImportIndex, isSuppression } from '../../src/sync/import-report';

const FAILURE = { code: 'InvalidEmail', description: 'not an address' };

describe('The report of an import', () => {
    it('tells of each contact whether it was created, updated or refused', () => {
        const index = new ImportIndex({
            created: [{ contactId: 1, identifiers: { email: 'new@example.com' } }],
            updated: [{ contactId: 2, identifiers: { email: 'known@example.com' } }],
            failures: [{ identifiers: { email: 'bad@example' }, failures: [FAILURE] }],
        });
        should(index.of(0, { email: 'new@example.com' })).deepEqual({ contactId: 1, created: true, failures: [] });
        should(index.of(0, { email: 'known@example.com' })).deepEqual({ contactId: 2, created: false, failures: [] });
        should(index.of(0, { email: 'bad@example' })).deepEqual({ contactId: 0, created: false, failures: [FAILURE] });
        should(index.of(0, { email: 'other@example.com' })).be.undefined();
    });

    it('finds a contact whatever the capitals in which the service spells its address', () => {
        const index = new ImportIndex({
            created: [{ contactId: 1, identifiers: { email: ' Max@Example.com ' } }],
            updated: [],
            failures: [],
        });
        should(index.of(0, { email: 'max@example.com' })?.contactId).equal(1);
    });

    it('finds a contact by its id when its address changed', () => {
        const index = new ImportIndex({
            created: [],
            updated: [{ contactId: 9, identifiers: { email: 'new@example.com' } }],
            failures: [],
        });
        should(index.of(9, { email: 'unheard@example.com' })?.contactId).equal(9);
    });

    it('tells of a contact that was written without something', () => {
        const index = new ImportIndex({
            created: [],
            updated: [{ contactId: 2, identifiers: { email: 'a@example.com' } }],
            failures: [{ contactId: 2, identifiers: { email: 'a@example.com' }, failures: [FAILURE] }],
        });
        should(index.of(0, { email: 'a@example.com' })).deepEqual({ contactId: 2, created: false, failures: [FAILURE] });
    });

    it('does not take a contact that was refused for a written one because the service knows its id', () => {
        const index = new ImportIndex({
            created: [],
            updated: [],
            failures: [{ contactId: 5, identifiers: { email: 'a@example.com' }, failures: [FAILURE] }],
        });
        should(index.of(5, { email: 'a@example.com' })?.contactId).equal(0);
    });

    it('adds up several failures of one contact', () => {
        const index = new ImportIndex({
            created: [],
            updated: [],
            failures: [
                { identifiers: { email: 'a@example.com' }, failures: [FAILURE] },
                { identifiers: { email: 'a@example.com' }, failures: [{ code: 'InvalidPhoneNumber', description: '' }] },
            ],
        });
        should(index.of(0, { email: 'a@example.com' })?.failures.map(({ code }) => code)).deepEqual([
            'InvalidEmail',
            'InvalidPhoneNumber',
        ]);
    });

    it('recognises a suppression in either spelling', () => {
        for (const code of [
            'GloballySuppressed',
            'globallysuppressed',
            'SuppressedByDomain',
            'Blocker',
            'Unsubscribed',
            'HardBounced',
        ]) {
            isSuppression(code).should.equal(true, code);
        }
        for (const code of ['InvalidEmail', 'duplicateIdentifier', 'ApiSchemaViolation', '']) {
            isSuppression(code).should.equal(false, code);
        }
    });

    it('finds every contact that it was made of', () => {
        const emails = fc.uniqueArray(fc.emailAddress(), { selector: (email) => email.toLowerCase(), minLength: 1 });
        fc.assert(
            fc.property(emails, fc.array(fc.constantFrom('created', 'updated', 'failures')), (addresses, kinds) => {
                const report = { created: [] as object[], updated: [] as object[], failures: [] as object[] };
                addresses.forEach((email, index) => {
                    const kind = kinds[index] ?? 'created';
                    report[kind].push({ contactId: index + 1, identifiers: { email }, failures: [FAILURE] });
                });
                const found = new ImportIndex(report as never);
                addresses.forEach((email, index) => {
                    const kind = kinds[index] ?? 'created';
                    const outcome = found.of(0, { email: email.toUpperCase() });
                    should(outcome?.contactId).equal(kind === 'failures' ? 0 : index + 1);
                    should(outcome?.created).equal(kind === 'created');
                });
            }),
        );
    });
});
