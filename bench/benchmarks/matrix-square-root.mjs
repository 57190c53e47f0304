import { dataMatrix, withFile } from '../lib/data.mjs';
import { interleave, secondsPerUnit } from '../lib/interleave.mjs';
import { number, timing } from '../lib/report.mjs';

const dims = [512, 2_048];
/** scipy.linalg.sqrtm takes half a minute at the larger one: it is timed once there. */
const longDim = 2_048;

export const title = 'Square root of a covariance of full rank';

export async function run({ madloop, threads, rounds, peers, native }) {
  // Flops a second of all threads; the method's flops are in bench/README.md.
  const rate = native && native.run('gemm_bench')['matrix product, dimension 512'].value * 1e9 * threads;
  const measurements = [];
  for (const dim of dims) measurements.push(await measure({ madloop, threads, rounds, peers }, dim));
  return {
    columns: [
      'd',
      'madloop',
      'numpy.linalg.eigh',
      'times faster',
      'scipy.linalg.sqrtm',
      'times faster',
      'floor',
      'of the floor',
    ],
    rows: measurements.map(({ dim, timings: { ours, eigh }, sqrtm }) => {
      const floor = rate && ((13 / 3) * dim ** 3) / rate;
      return [
        String(dim),
        timing(ours),
        eigh ? timing(eigh) : '-',
        eigh ? `**${number(eigh.median / ours.median)}**` : '-',
        sqrtm ? timing(sqrtm) : '-',
        sqrtm ? `**${number(sqrtm.median / ours.median)}**` : '-',
        floor ? `${number(floor * 1e3)} ms` : '-',
        floor ? number(ours.median / floor) : '-',
      ];
    }),
    notes: rate
      ? [`Floor: 13/3 d³ flops at ${number(rate / 1e9)} GFlop/s, ${threads} times the rate of one core.`]
      : [],
    noisy: measurements.flatMap(({ dim, noisy }) => noisy.map((reason) => `d = ${dim}: ${reason}`)),
    disagreements: measurements.flatMap(({ disagreements }) => disagreements),
    data: { measurements, rate: rate ?? null },
  };
}

async function measure({ madloop, threads, rounds, peers }, dim) {
  const { covariance } = await madloop.moments(madloop.matrix(dataMatrix(4 * dim, dim, 1), 4 * dim, dim));
  const given = madloop.matrix(covariance, dim, dim);
  const answers = {};
  const ours = () =>
    secondsPerUnit(1, async () => {
      answers.ours = await madloop.matrixSquareRoot(given, { threads });
    });
  const result = await withFile([covariance], async (path) => {
    const peer = (route) => async () => {
      answers[route] = await peers.all.ask('matrix_square_root', { path, dim, route });
      return answers[route].seconds;
    };
    if (!peers) return interleave({ ours }, { rounds });
    if (dim < longDim) {
      const all = await interleave({ ours, eigh: peer('eigh'), sqrtm: peer('sqrtm') }, { rounds });
      return { ...all, sqrtm: all.timings.sqrtm };
    }
    const short = await interleave({ ours, eigh: peer('eigh') }, { rounds });
    const long = await interleave({ sqrtm: peer('sqrtm') }, { rounds: 1, warmups: 0 });
    return { ...short, sqrtm: long.timings.sqrtm };
  });
  return { dim, ...result, disagreements: disagreements(dim, answers) };
}

/** Every side's trace and sum of entries, to rounding: the matrix is well conditioned. */
function disagreements(dim, { ours, ...theirs }) {
  const sum = ours.data.reduce((total, value) => total + value, 0);
  let trace = 0;
  for (let i = 0; i < dim; i += 1) trace += ours.data[i * (dim + 1)];
  return Object.entries(theirs)
    .filter(
      ([, answer]) =>
        !(Math.abs(answer.trace - trace) < 1e-12 * trace && Math.abs(answer.sum - sum) < 1e-12 * dim * trace),
    )
    .map(([route]) => `matrix square root, d = ${dim}: ${route} has another root`);
}
