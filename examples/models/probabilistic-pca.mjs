// A fresh data loop whose model is a Python program: probabilistic_pca.py, with NumPy only.
//   node examples/models/probabilistic-pca.mjs [python]

import { fileURLToPath } from 'node:url';
import { autophagousLoop, gaussianReference, processModel } from 'madloop';

const python = process.argv[2] ?? 'python3';
const program = fileURLToPath(new URL('probabilistic_pca.py', import.meta.url));
const components = 2;

// Ten dimensions, of which two are wide.
const dim = 10;
const covariance = Float64Array.from({ length: dim * dim }, (_, i) => (i % (dim + 1) === 0 ? 0.1 : 0));
covariance[0] = 4;
covariance[dim + 1] = 2;

const loop = autophagousLoop({
  variant: 'fresh-data',
  reference: gaussianReference({ mean: new Float64Array(dim), covariance }),
  model: processModel({
    name: 'probabilistic PCA',
    command: [python, program, String(components)],
    timeLimits: { start: 60, fit: 60, sample: 60 },
  }),
  real: 200,
  synthetic: 800,
  lambda: 0.9,
  generations: 8,
  seed: 1,
  metricSamples: 5000,
});
for await (const { t, metrics } of loop) {
  console.log(t, metrics.distance.toFixed(4), metrics.trace.toFixed(4));
}
