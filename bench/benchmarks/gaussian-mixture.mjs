import { withFile } from '../lib/data.mjs';
import { interleave, secondsPerUnit } from '../lib/interleave.mjs';
import { number, timing } from '../lib/report.mjs';

const components = 25;
const rows = 10_000;
const spacing = 2;
const deviation = 0.25;
const tolerance = 1e-3;
const iterations = 100;
const relativeRegularisation = 1e-6;

export const title = 'Gaussian mixture: fit of 25 components to 10,000 samples of 25 modes in two dimensions';

/** Fits from the same start on both sides, and from the start that each makes for itself. */
const cases = [
  { name: 'the same start', same: true, goal: 10 },
  { name: 'its own start (k-means)', same: false },
];

export async function run(context) {
  const { madloop } = context;
  const centres = Float64Array.from({ length: 2 * components }, (_, i) => {
    const mode = Math.floor(i / 2);
    return spacing * ((i % 2 === 0 ? Math.floor(mode / 5) : mode % 5) - 2);
  });
  const reference = madloop.mixtureReference({
    means: madloop.matrix(centres, components, 2),
    covariance: 'spherical',
    covariances: new Float64Array(components).fill(deviation ** 2),
  });
  const data = await reference.open(0n).draw(rows, { generation: 1, seed: 1n });
  const { covariance } = await madloop.moments(data);
  const regularisation = (relativeRegularisation * (covariance[0] + covariance[3]) * (rows - 1)) / rows / 2;
  // Wide components, every other one far from its mode.
  const means = centres.map((value, i) => value + (Math.floor(i / 2) % 2 === 0 ? 0.2 : -0.7));
  const start = {
    weights: new Float64Array(components).fill(1 / components),
    means: madloop.matrix(means, components, 2),
    covariance: 'full',
    covariances: Float64Array.from({ length: 4 * components }, (_, i) => (i % 4 === 0 || i % 4 === 3 ? 1 : 0)),
  };
  const results = await withFile([data.data], async (path) => {
    const measured = [];
    for (const test of cases)
      measured.push(await measure(context, { ...test, data, start, path, regularisation }));
    return measured;
  });
  return {
    columns: [
      'start',
      'madloop',
      'steps',
      'scikit-learn',
      'steps',
      'times faster',
      'goal',
      'mean log-likelihood: madloop',
      'scikit-learn',
    ],
    rows: results.map(({ row }) => row),
    notes: [
      `Full covariances, tolerance ${tolerance}. From the same start both must take as many steps and agree in the mean log-likelihood to 1e-9; from their own each may end in another local optimum.`,
    ],
    noisy: results.flatMap(({ noisy }) => noisy),
    disagreements: results.flatMap(({ disagreements }) => disagreements),
    data: results.map(({ data }) => data),
  };
}

async function measure(
  { madloop, threads, rounds, peers },
  { name, same, goal, data, start, path, regularisation },
) {
  const model = madloop.gaussianMixture({
    components,
    tolerance,
    maximumIterations: iterations,
    regularisation: relativeRegularisation,
    ...(same && { start }),
  });
  let ours;
  let theirs;
  const contenders = {
    ours: () =>
      secondsPerUnit(1, async () => {
        ours = await model.fit(data, { threads });
      }),
  };
  if (peers) {
    const given = {
      weights: [...start.weights],
      means: [...start.means.data],
      precisions: [...start.covariances], // identities
    };
    contenders.peer = async () => {
      const sizes = { path, rows, cols: 2, components, tolerance, iterations, regularisation };
      theirs = await peers.all.ask('gaussian_mixture', { ...sizes, ...(same && { start: given }) });
      return theirs.seconds;
    };
  }
  const { timings, foreign, noisy } = await interleave(contenders, { rounds });
  const disagreements = [];
  if (peers && same) {
    const difference = Math.abs(theirs.log_likelihood / ours.logLikelihood - 1);
    if (!(difference < 1e-9)) disagreements.push(`log-likelihoods are ${difference} apart, relative`);
    if (theirs.iterations !== ours.iterations)
      disagreements.push(`${ours.iterations} and ${theirs.iterations} steps from the same start`);
  }
  const ratio = peers && timings.peer.median / timings.ours.median;
  const { logLikelihood, iterations: steps } = ours;
  return {
    row: [
      name,
      timing(timings.ours),
      steps,
      peers ? timing(timings.peer) : '-',
      peers ? theirs.iterations : '-',
      peers ? `**${number(ratio)}**` : '-',
      goal ?? '-',
      logLikelihood.toFixed(9),
      peers ? theirs.log_likelihood.toFixed(9) : '-',
    ],
    noisy: noisy.map((reason) => `${name}: ${reason}`),
    disagreements,
    data: { name, timings, foreign, ours: { logLikelihood, steps }, theirs: theirs ?? null },
  };
}
