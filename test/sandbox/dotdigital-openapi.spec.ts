import 'should';
import { type Sandbox, startSandbox } from '../../src/sandbox';
import { Calls } from './calls';
import { V2_ROWS } from './dotdigital-openapi-v2';
import { CONTACTS, V3_ROWS } from './dotdigital-openapi-v3';
import { OpenApiFile, referenceFolder } from './openapi-schema';

describe('the answers of the sandbox Dotdigital, held against its published OpenAPI files', () => {
    const folder = referenceFolder();
    let sandbox: Sandbox;

    before(async function () {
        if (!folder) {
            process.stdout.write('    skipped: the OpenAPI files are not here (REFERENCE_DIR or ../shared/reference)\n');
            return this.skip();
        }
        sandbox = await startSandbox({ size: 100 });
    });
    after(() => sandbox?.stop());

    for (const [name, method, path, status, call] of [...V3_ROWS, ...V2_ROWS]) {
        it(`${method} ${path} answers ${status} in the shape of ${name}`, async () => {
            const answer = await call(new Calls(sandbox));
            answer.status.should.equal(status, answer.text);
            const text =
                String(answer.headers.get('content-type')).startsWith('text/plain') && method === 'GET' && path.endsWith('time');
            new OpenApiFile(folder ?? '', name)
                .problems(method, path, status, text ? answer.text : answer.text && answer.body)
                .should.deepEqual([]);
        });
    }

    it('finds an answer that does not fit', () => {
        const file = new OpenApiFile(folder ?? '', CONTACTS);
        file.problems('GET', '/contacts/v3/import/{importId}', 200, { importId: 7, status: 'Done' }).should.deepEqual([
            'body.importId: 7 is not of type string',
            'body.status: "Done" is not one of Finished,NotFinished,RejectedByWatchdog,Failed,ExceedsAllowedContactLimit',
        ]);
    });
});
