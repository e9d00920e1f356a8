const Sequencer = require("@jest/test-sequencer").default;

/** Quick projects first, and notebooks before the slides that are made of them. */
const order = ["unit", "tensorflow", "kernel", "notebooks", "browser", "setup"];

module.exports = class extends Sequencer {
  sort(tests) {
    const place = ({ context }) => order.indexOf(context.config.displayName.name);
    return [...tests].sort((a, b) => place(a) - place(b) || a.path.localeCompare(b.path));
  }
};
