import { interleave, secondsPerUnit } from '../lib/interleave.mjs';
import { number, timing } from '../lib/report.mjs';

export const title = 'Fresh data loop: one generation with its distance, d = 100';

const dim = 100;
const generations = 40;

/** Sample counts per generation; `goal` is how many times faster than NumPy and SciPy we want to be. */
const cases = [
  { real: 100, synthetic: 900, goal: 30 },
  { real: 1_000, synthetic: 9_000, goal: 200 },
  { real: 1_000, synthetic: 10_000 },
  // Half a second a generation in NumPy: one chain of 40 generations, in four pieces.
  { real: 10_000, synthetic: 90_000, goal: 2_000, pieces: 4 },
  { real: 100, synthetic: 900, single: true },
  { real: 1_000, synthetic: 9_000, single: true },
];

export async function run(context) {
  const rows = [];
  const noisy = [];
  const data = [];
  const disagreements = [];
  for (const test of cases) {
    if (test.single && context.threads === 1) continue;
    const result = await measure(context, test);
    rows.push(result.row);
    noisy.push(...result.noisy.map((reason) => `n = ${result.total.toLocaleString('en-US')}: ${reason}`));
    data.push(result.data);
    if (Math.abs(result.data.z) > 4.5) {
      disagreements.push(
        `fresh loop, n = ${result.total}: distances of generation ${generations} differ by ${result.data.z.toFixed(1)} standard errors`,
      );
    }
  }
  const ours = data
    .filter(({ threads }) => threads === context.threads)
    .map(({ timings }) => timings.ours.median);
  return {
    columns: [
      'n',
      'n_r + n_s',
      'threads',
      'madloop',
      'NumPy and SciPy',
      'times faster',
      'goal',
      `distance at t = ${generations}: madloop`,
      'NumPy',
    ],
    rows,
    notes: [
      'Time per generation of one chain: median (minimum, ± median absolute deviation). Distances: mean ± standard error.',
      `Over n, the slowest of our medians is ${(Math.max(...ours) / Math.min(...ours)).toFixed(2)} times the fastest (same threads).`,
    ],
    noisy,
    disagreements,
    data,
  };
}

async function measure({ madloop, threads: allThreads, rounds, peers }, test) {
  const { real, synthetic, goal, pieces, single = false } = test;
  const threads = single ? 1 : allThreads;
  const peer = single ? peers?.single : peers?.all;
  const total = real + synthetic;
  const replicates = 32 * threads; // some 0.4 s
  const loop = {
    variant: 'fresh-data',
    dim,
    initial: total,
    real,
    synthetic,
    generations,
    replicates,
    threads,
  };

  let last;
  const contenders = {
    ours: () =>
      secondsPerUnit(generations * replicates, async () => {
        last = await madloop.simulateGaussianLoop(loop);
      }),
  };
  const peerDistances = [];
  if (peer) {
    contenders.peer = async (round) => {
      const warmup = round < 0;
      const perRound = warmup && pieces ? 2 : generations / (pieces ?? 1);
      const chain = `${total}, ${warmup ? 'warm-up' : pieces ? 'in pieces' : round}`;
      const sizes = { dim, initial: total, real, synthetic, bias: 1, generations: perRound };
      const answer = await peer.ask('fresh_loop', { ...sizes, chain, seed: total + round });
      if (answer.generation === generations && !warmup) peerDistances.push(answer.distance);
      return answer.seconds / perRound;
    };
  }
  const { timings, foreign, noisy } = await interleave(contenders, { rounds: pieces ?? rounds });

  const { mean, standardError } = last.generations.at(-1).distance;
  const deviation = standardError * Math.sqrt(replicates); // of one chain
  const agreement = peer && compare(peerDistances, { mean, standardError, deviation });
  const format = (value, error) => `${value.toPrecision(4)} ± ${error.toPrecision(2)}`;
  const ratio = peer && timings.peer.median / timings.ours.median;
  return {
    total,
    noisy,
    data: {
      real,
      synthetic,
      threads,
      replicates,
      timings,
      foreign,
      distance: { mean, standardError },
      ...agreement,
    },
    row: [
      total.toLocaleString('en-US'),
      `${real.toLocaleString('en-US')} + ${synthetic.toLocaleString('en-US')}`,
      threads,
      timing(timings.ours),
      peer ? timing(timings.peer) : '-',
      peer ? `**${number(ratio)}**` : '-',
      goal ? number(goal) : '-',
      format(mean, standardError),
      peer ? format(agreement.peerMean, agreement.peerError) : '-',
    ],
  };
}

/** Whether both sides simulate the same thing: z of the difference, with the deviation known from our replicates. */
function compare(distances, { mean, standardError, deviation }) {
  const peerMean = distances.reduce((sum, value) => sum + value, 0) / distances.length;
  const peerError = deviation / Math.sqrt(distances.length);
  return { peerMean, peerError, z: (peerMean - mean) / Math.hypot(peerError, standardError) };
}
