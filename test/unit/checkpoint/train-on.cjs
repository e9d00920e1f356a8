/** Trains a small network from where a checkpoint ends up to a step: node train-on.cjs FROM STEP TO, where FROM may be missing. */
require("../register-sources.cjs");
const { existsSync } = require("node:fs");
const diffusion = require("diffusion");
const { adam, compile, foldIn, mlp, randomUniform, setSeed, tf } = diffusion;
const { loadCheckpoint, randomNormal, restore, saveCheckpoint, valueAndGradients } = diffusion;

const [from, until, to] = process.argv.slice(2);
// Another beginning in each process, if nothing is restored.
const network = mlp({ size: 2, steps: 20, width: 16, depth: 1, seed: existsSync(from) ? 99 : 1 });
const optimizer = adam(network.parameters, { learningRate: 0.01, weightDecay: 0.01 });
const all = {
  ...Object.fromEntries(network.parameters.map((variable, i) => [`parameters/${i}`, variable])),
  ...optimizer.state,
};
let details = { seed: 5, step: 0 };
if (existsSync(from)) {
  const checkpoint = loadCheckpoint(from);
  restore(all, checkpoint.tensors);
  tf.dispose(checkpoint.tensors);
  details = checkpoint.details;
}

const step = compile(() => {
  const loss = () => {
    const z = randomNormal([16, 2]);
    const t = tf
      .floor(tf.mul(randomUniform([16]), 20))
      .add(1)
      .cast("int32");
    return tf.mean(tf.square(tf.sub(network.predict(z, t), tf.sin(z))));
  };
  const { value, gradients } = valueAndGradients(loss, network.parameters);
  optimizer.apply(gradients);
  return value;
});
for (let i = details.step + 1; i <= Number(until); i++) {
  setSeed(foldIn(details.seed, i));
  step().dispose();
}
saveCheckpoint(to, { tensors: all, details: { ...details, step: Number(until) } });
