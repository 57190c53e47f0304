import { interleave, secondsPerUnit } from '../lib/interleave.mjs';
import { number } from '../lib/report.mjs';

export const title = 'The floor of one generation, d = 100, one core';

const dim = 100;

/**
 * The stages of a generation (see bench/README.md), with the matrix flops of each and the lines of generation_bench
 * that it is the difference of.
 */
const stages = [
  { name: 'random numbers', flops: 0, lines: ['random numbers'] },
  { name: 'factor times Bartlett factor', flops: dim ** 3 / 3, lines: ['product of triangles'] },
  { name: 'two scatter matrices', flops: (2 * dim ** 3) / 3, lines: ['two Gram matrices of triangles'] },
  { name: 'Cholesky factor', flops: dim ** 3 / 3, lines: ['Cholesky factor'] },
  { name: 'tridiagonal form', flops: (4 * dim ** 3) / 3, lines: ['reduction to tridiagonal form'] },
  {
    name: 'trace of the root from it',
    flops: 0,
    lines: ['reduction and trace of the square root', 'reduction to tridiagonal form'],
  },
];

export async function run({ madloop, rounds, native }) {
  const columns = ['stage', 'Mflop', 'floor, µs', 'measured, µs', 'of the generation'];
  if (!native) {
    const notes = ['Not measured: the C++ programs were not built.'];
    return { columns, rows: [], notes, disagreements: [], data: {} };
  }
  const random = native.run('random_bench');
  const rate = native.run('gemm_bench')['matrix product, dimension 100'].value * 1e3; // flops a microsecond
  const measured = native.run('generation_bench');
  const { timings, foreign, noisy } = await interleave({ ours: () => oneGeneration(madloop) }, { rounds });
  const whole = timings.ours.minimum * 1e6; // the kernels' times are their best, too

  const normals = dim * dim + dim;
  const randomFloor = (normals * random.normal.value + 2 * dim * chiSquareTime(random)) / 1e3;
  const table = stages.map(({ name, flops, lines: [line, less] }) => ({
    name,
    flops,
    floor: name === 'random numbers' ? randomFloor : flops / rate,
    measured: measured[line].value - (less ? measured[less].value : 0),
  }));
  const sum = (key) => table.reduce((total, stage) => total + stage[key], 0);
  const rest = { name: 'copies, means, determinant, allocation, statistics', flops: 0, floor: 0 };
  table.push({ ...rest, measured: whole - sum('measured') });
  const all = { name: '**all**', flops: sum('flops'), floor: sum('floor'), measured: whole };

  return {
    columns,
    rows: [...table, all].map((stage) => [
      stage.name,
      stage.flops ? number(stage.flops / 1e6) : '-',
      stage.floor.toFixed(1),
      stage.measured.toFixed(1),
      `${((100 * stage.measured) / whole).toFixed(0)} %`,
    ]),
    notes: [
      `Rates measured in this run: ${number(rate / 1e3)} GFlop/s (product of 100 × 100 matrices), ` +
        `${number(random.normal.value)} ns a normal, ${number(chiSquareTime(random))} ns a chi-square.`,
      `**We are at ${(whole / all.floor).toFixed(2)} times the floor.**`,
    ],
    noisy,
    disagreements: [],
    data: { random, rate, measured, table, timings, foreign },
  };
}

/** Nanoseconds of a chi-square variate as the Bartlett factor draws them. */
function chiSquareTime(random) {
  return random['chi-square, 1000 degrees of freedom'].value;
}

/** Seconds of one generation on one thread, through the public API. */
function oneGeneration(madloop) {
  const generations = 40;
  const replicates = 16;
  return secondsPerUnit(generations * replicates, () =>
    madloop.simulateGaussianLoop({
      variant: 'fresh-data',
      dim,
      initial: 1_000,
      real: 100,
      synthetic: 900,
      generations,
      replicates,
      threads: 1,
    }),
  );
}
