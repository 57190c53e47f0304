// A fully synthetic loop whose model is a generator in JavaScript: a normalizing flow of one layer, which maps each
// coordinate of a Gaussian latent through the coordinate's empirical quantiles. It learns the margins and no dependence.
//   node examples/models/marginal-flow.mjs

import { pathToFileURL } from 'node:url';
import { autophagousLoop, externalModel, gaussianReference, matrix } from 'madloop';

export const marginalFlow = externalModel({
  name: 'marginal flow',
  fit(data) {
    return Array.from({ length: data.cols }, (_, col) =>
      Float64Array.from({ length: data.rows }, (_, row) => data.data[row * data.cols + col]).sort(),
    );
  },
  sample(quantiles, count, { lambda, seed }) {
    const cols = quantiles.length;
    const uniform = uniforms(seed);
    const drawn = new Float64Array(count * cols);
    for (let i = 0; i < drawn.length; i += 1) {
      // The latent N(0, lambda): at lambda 0 every sample is the median.
      const latent = Math.sqrt(lambda) * normal(uniform(), uniform());
      drawn[i] = quantile(quantiles[i % cols], normalDistribution(latent));
    }
    return matrix(drawn, count, cols);
  },
  timeLimits: { fit: 60, sample: 60 },
});

/** The quantile p of a sorted sample, with straight lines between its values. */
function quantile(sorted, p) {
  const position = p * (sorted.length - 1);
  const below = Math.min(Math.floor(position), sorted.length - 2);
  return sorted[below] + (position - below) * (sorted[below + 1] - sorted[below]);
}

/** A generator of uniform numbers in (0, 1): splitmix64 (Steele, Lea & Flood 2014). */
function uniforms(seed) {
  let state = seed;
  return () => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let bits = state;
    bits = BigInt.asUintN(64, (bits ^ (bits >> 30n)) * 0xbf58476d1ce4e5b9n);
    bits = BigInt.asUintN(64, (bits ^ (bits >> 27n)) * 0x94d049bb133111ebn);
    return (Number((bits ^ (bits >> 31n)) >> 12n) + 0.5) / 2 ** 52;
  };
}

/** A standard normal from two uniforms (Box & Muller 1958). */
function normal(first, second) {
  return Math.sqrt(-2 * Math.log(first)) * Math.cos(2 * Math.PI * second);
}

/** The standard normal distribution function, to 1.5e-7 (Abramowitz & Stegun 7.1.26). */
function normalDistribution(x) {
  const t = 1 / (1 + 0.3275911 * (Math.abs(x) / Math.SQRT2));
  const series = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
  const polynomial = series.reduce((sum, coefficient) => sum * t + coefficient, 0) * t;
  const tail = (polynomial * Math.exp((-x * x) / 2)) / 2;
  return x > 0 ? 1 - tail : tail;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const loop = autophagousLoop({
    variant: 'fully-synthetic',
    reference: gaussianReference({ dim: 3 }),
    model: marginalFlow,
    synthetic: 200,
    lambda: 0.9,
    generations: 10,
    seed: 1,
    metricSamples: 2000,
  });
  for await (const { t, metrics } of loop) {
    console.log(t, metrics.distance.toFixed(4), metrics.trace.toFixed(4));
  }
}
