import { interleave, secondsPerUnit } from '../lib/interleave.mjs';
import { duration, timing } from '../lib/report.mjs';

export const title = 'Scaling: one generation over d and threads, n_r = 1,000, n_s = 9,000';

/** Dimensions, and generations in all that fill about half a second of one core. */
const cases = [
  { dim: 2, chains: 2_000 },
  { dim: 10, chains: 800 },
  { dim: 30, chains: 160 },
  { dim: 100, chains: 32 },
  { dim: 300, chains: 4 },
];
const generations = 20;

export async function run({ madloop, threads, rounds }) {
  const counts = threads === 1 ? [1] : [1, threads];
  const rows = [];
  const noisy = [];
  const data = [];
  for (const { dim, chains } of cases) {
    const call = (count) => () =>
      secondsPerUnit(generations * chains, () =>
        madloop.simulateGaussianLoop({
          variant: 'fresh-data',
          dim,
          initial: 10_000,
          real: 1_000,
          synthetic: 9_000,
          generations,
          replicates: chains,
          threads: count,
        }),
      );
    const contenders = Object.fromEntries(counts.map((count) => [`${count} threads`, call(count)]));
    const { timings, foreign, noisy: reasons } = await interleave(contenders, { rounds });
    const all = Object.values(timings);
    rows.push([
      dim,
      ...all.map(timing),
      ...(all.length > 1 ? [(all[0].median / all[1].median).toFixed(2)] : []),
      `${duration(all[0].median / dim ** 2)}`,
    ]);
    noisy.push(...reasons.map((reason) => `d = ${dim}: ${reason}`));
    data.push({ dim, generations, chains, timings, foreign });
  }
  return {
    columns: [
      'd',
      ...counts.map((count) => `${count} thread${count === 1 ? '' : 's'}`),
      ...(counts.length > 1 ? ['speed-up'] : []),
      '1 thread, over d²',
    ],
    rows,
    notes: ['Wall time over generations × chains: median (minimum, ± median absolute deviation).'],
    noisy,
    disagreements: [],
    data,
  };
}
