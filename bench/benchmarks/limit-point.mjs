import { LimitPointEstimator } from '../../dist/limits/limit-point-estimator.js';
import { resolveLimitPointParameters } from '../../dist/limits/parameters.js';
import { simulateChains } from '../../dist/limits/simulate-chains.js';
import { noise, runnableElsewhere } from '../lib/load.mjs';
import { duration, number } from '../lib/report.mjs';
import { summarise } from '../lib/statistics.mjs';

export const title =
  'Limit points: Figure 11 of the paper in full, d = 100, relative standard error 1e-3 in every cell';

const dim = 100;
const relativeError = 1e-3;
const lambdas = [0.7, 0.85, 1];
const points = 20;
const goal = 1_500;

/** Sample counts of which NumPy's time per generation is measured; in between it is interpolated. */
const peerSizes = [
  [100, 100],
  [1_000, 1_000],
  [1_000, 10_000],
];

export async function run({ madloop, threads, peers }) {
  const cells = lambdas.flatMap((lambda) =>
    logarithmic(100, 1_000).flatMap((real) =>
      logarithmic(100, 10_000).map((synthetic) => ({ dim, real, synthetic, lambda })),
    ),
  );
  await estimateAll(cells.slice(0, 4), threads, []); // loads and warms up
  const foreign = [];
  const start = performance.now();
  const limits = await estimateAll(cells, threads, foreign);
  const wall = (performance.now() - start) / 1_000;

  const secondsOf = peers && (await peerSeconds(peers.all));
  const results = [];
  for (const [i, cell] of cells.entries()) {
    const { variance, correlation } = await plainSeries(madloop, cell, limits[i], threads);
    const generations = (variance * correlation) / (relativeError * limits[i].distance) ** 2;
    results.push({
      ...cell,
      ...limits[i],
      plainVariance: variance,
      plainCorrelation: correlation,
      plainGenerations: generations,
      peerSeconds: secondsOf && generations * secondsOf(cell.real + cell.synthetic),
    });
  }

  const rows = [...lambdas, undefined].map((lambda) =>
    summaryRow(
      lambda === undefined ? '**all**' : String(lambda),
      results.filter((result) => lambda === undefined || result.lambda === lambda),
    ),
  );
  const total = results.reduce((sum, result) => sum + (result.peerSeconds ?? 0), 0);
  const worst = [...results].sort((a, b) => b.generations - a.generations).slice(0, 5);
  const missed = results.filter(({ standardError, distance }) => standardError > relativeError * distance);
  return {
    columns: [
      'lambda',
      'cells',
      'chains',
      'generations',
      'variance reduced by: least',
      'median',
      'most',
      'plain generations for the same error',
      'in NumPy and SciPy',
    ],
    rows,
    notes: [
      `All ${cells.length} cells: **${duration(wall)}** of wall time on ${threads} threads.` +
        (secondsOf
          ? ` NumPy and SciPy: ${duration(total)}, **${number(total / wall)} times** as long (goal ${number(goal)}).`
          : ''),
      'Plain generations: those of one long chain whose mean has that standard error, from the variance and the integrated autocorrelation ' +
        'time of the distance, measured in every cell; without a burn-in. Seconds: times the time per generation measured at ' +
        `${peerSizes.map(([real, synthetic]) => real + synthetic).join(', ')} samples, interpolated.`,
      `Most generations: ${worst
        .map(
          ({ real, synthetic, lambda, generations, varianceReduction }) =>
            `(${real}, ${synthetic}, ${lambda}) ${number(generations)}, variance / ${number(varianceReduction)}`,
        )
        .join('; ')}.`,
    ],
    noisy: noise({}, foreign.reduce((sum, value) => sum + value, 0) / Math.max(1, foreign.length)),
    disagreements: missed.map(
      ({ real, synthetic, lambda }) =>
        `limit point (${real}, ${synthetic}, ${lambda}): standard error above its goal`,
    ),
    data: { wall, threads, total, cells: results.length },
  };
}

function logarithmic(from, to) {
  return Array.from({ length: points }, (_, i) => Math.round(from * (to / from) ** (i / (points - 1))));
}

/** Side by side, in rounds of about half a second of work, as a study does it; notes foreign threads in between. */
async function estimateAll(cells, threads, foreign) {
  const estimates = cells.map(
    (cell) =>
      new LimitPointEstimator('bench', resolveLimitPointParameters('bench', { ...cell, relativeError })),
  );
  let open = [...estimates].sort((a, b) => b.next().seconds - a.next().seconds);
  while (open.length > 0) {
    const work = [];
    for (let seconds = 0, i = 0; i < open.length && seconds < 0.5 * threads; i += 1) {
      const wanted = open[i].next();
      work.push({ estimator: open[i], first: wanted.first, count: wanted.count });
      seconds += wanted.seconds;
    }
    const others = runnableElsewhere();
    if (others !== undefined) foreign.push(others);
    const sums = await simulateChains(work, { where: 'bench', threads });
    for (const [i, { estimator, first }] of work.entries()) estimator.add(first, sums[i]);
    open = open.filter((estimator) => estimator.next());
  }
  return estimates.map((estimator) => estimator.result());
}

/** Variance of the distance in one generation, and how many correlated generations are worth one independent one. */
async function plainSeries(madloop, cell, { distance, relaxationTime }, threads) {
  const burnIn = Math.ceil(6 * relaxationTime);
  const length = Math.ceil(Math.max(100, 30 * relaxationTime));
  const replicates = threads;
  const { series } = await madloop.simulateGaussianLoop({
    variant: 'fresh-data',
    ...cell,
    generations: burnIn + length,
    replicates,
    threads,
    series: true,
  });
  const deviations = Array.from({ length: replicates }, (_, r) =>
    [...series.distance.subarray(r * (burnIn + length) + burnIn, (r + 1) * (burnIn + length))].map(
      (value) => value - distance,
    ),
  );
  const covariance = (lag) => {
    let sum = 0;
    for (const chain of deviations) {
      for (let t = lag; t < length; t += 1) sum += chain[t] * chain[t - lag];
    }
    return sum / (replicates * (length - lag));
  };
  // Sokal's window: the first W of at least five times the time that it gives.
  const variance = covariance(0);
  let correlation = 1;
  for (let lag = 1; lag < length / 2 && lag < 5 * (correlation / 2); lag += 1) {
    correlation += (2 * covariance(lag)) / variance;
  }
  return { variance, correlation: Math.max(correlation, 0.1) };
}

/** NumPy's seconds per generation as a function of n_r + n_s: straight lines between what is measured here. */
async function peerSeconds(peer) {
  const measured = [];
  for (const [real, synthetic] of peerSizes) {
    const sizes = { dim, initial: real + synthetic, real, synthetic, bias: 1 };
    const chain = `limit ${real + synthetic}`;
    await peer.ask('fresh_loop', { ...sizes, generations: 3, chain, seed: 1 });
    const times = [];
    for (let round = 0; round < 5; round += 1) {
      const { seconds } = await peer.ask('fresh_loop', { ...sizes, generations: 10, chain, seed: 1 });
      times.push(seconds / 10);
    }
    measured.push({ samples: real + synthetic, seconds: summarise(times).median });
  }
  return (samples) => {
    const next = Math.min(
      measured.length - 1,
      Math.max(
        1,
        measured.findIndex((point) => point.samples >= samples),
      ),
    );
    const [a, b] = [measured[next - 1], measured[next]];
    return a.seconds + ((b.seconds - a.seconds) * (samples - a.samples)) / (b.samples - a.samples);
  };
}

function summaryRow(name, results) {
  const sum = (of) => results.reduce((total, result) => total + of(result), 0);
  const reductions = results.map(({ varianceReduction }) => varianceReduction).sort((a, b) => a - b);
  return [
    name,
    results.length.toLocaleString('en-US'),
    number(sum(({ chains }) => chains)),
    number(sum(({ generations }) => generations)),
    number(reductions[0]),
    number(reductions[reductions.length >> 1]),
    number(reductions.at(-1)),
    number(sum(({ plainGenerations }) => plainGenerations)),
    results[0].peerSeconds === undefined ? '-' : duration(sum((result) => result.peerSeconds)),
  ];
}
