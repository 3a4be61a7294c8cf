// Mocha's own report, closed by one plain line that counts. Colours only for a person at a terminal.
const { Runner, reporters } = require('mocha');

module.exports = class extends reporters.Spec {
    constructor(runner, options) {
        reporters.Base.useColors &&= process.stdout.isTTY === true;
        super(runner, options);
        runner.once(Runner.constants.EVENT_RUN_END, () => {
            const { passes, failures, pending } = this.stats;
            process.stdout.write(`${passes} passed, ${failures} failed, ${pending} skipped\n`);
        });
    }
};
