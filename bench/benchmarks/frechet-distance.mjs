import { dataMatrix, withFile } from '../lib/data.mjs';
import { interleave, secondsPerUnit } from '../lib/interleave.mjs';
import { number, timing } from '../lib/report.mjs';

/** Dimensions, and how many timings of each: the peers take seconds a call at 2,048 and minutes at 4,096. */
const cases = [
  { dim: 512, peers: true },
  { dim: 2048, peers: true, rounds: 3 },
  { dim: 4096, peers: false, rounds: 3 },
];

/** Multiples of d³: one Cholesky factor L, Lᵀ S L, its reduction to a band. */
const flops = 1 / 3 + 1 + 4 / 3;

export const title = 'Fréchet distance from the moments of two sets, full rank';

export async function run({ madloop, threads, rounds, peers, native }) {
  const rate = native && native.run('gemm_bench')['kernel of our products, float64'].value * 1e9 * threads;
  const table = [];
  for (const { dim, peers: withPeers, rounds: most = rounds } of cases) {
    const measured = await measure({
      madloop,
      threads,
      dim,
      peer: withPeers ? peers?.all : undefined,
      rounds: Math.min(rounds, most),
    });
    table.push({ dim, floor: rate && (flops * dim ** 3) / rate, ...measured });
  }
  return {
    columns: [
      'd',
      'madloop',
      'floor',
      'times the floor',
      'sqrtm of the product (pytorch-fid)',
      'times faster',
      'eigvals of the product (torchmetrics)',
      'times faster',
      'difference of covariance terms, relative',
    ],
    rows: table.map(({ dim, timings: { ours, sqrtm, eigvals }, floor, difference }) => [
      dim.toLocaleString('en-US'),
      timing(ours),
      floor ? timing({ median: floor, minimum: floor, mad: 0 }).split(' (')[0] : '-',
      floor ? number(ours.median / floor) : '-',
      sqrtm ? timing(sqrtm) : '-',
      sqrtm ? `**${number(sqrtm.median / ours.median)}**` : '-',
      eigvals ? timing(eigvals) : '-',
      eigvals ? `**${number(eigvals.median / ours.median)}**` : '-',
      difference === undefined ? '-' : difference.toExponential(1),
    ]),
    noisy: table.flatMap(({ dim, noisy }) => noisy.map((reason) => `d = ${dim}: ${reason}`)),
    // Both are wrong by some d eps of the traces, and their covariance term is a hundredth of those.
    disagreements: table
      .filter(({ difference }) => difference !== undefined && !(difference < 1e-10))
      .map(({ dim, difference }) => `d = ${dim}: covariance terms differ by ${difference}, relative`),
    data: { rate, table },
  };
}

async function measure({ madloop, threads, dim, peer, rounds }) {
  const momentsOf = (seed) => madloop.moments(madloop.matrix(dataMatrix(4 * dim, dim, seed), 4 * dim, dim));
  const a = await momentsOf(1);
  const b = await momentsOf(2);
  let ours;
  const theirs = {};
  const contenders = {
    ours: () =>
      secondsPerUnit(1, async () => {
        ours = await madloop.frechetDistance(a, b, { threads });
      }),
  };
  const { timings, foreign, noisy } = await withFile([a.mean, a.covariance, b.mean, b.covariance], (path) => {
    for (const method of peer ? ['sqrtm', 'eigvals'] : []) {
      contenders[method] = async () => {
        theirs[method] = await peer.ask('frechet_distance', { path, dim, method });
        return theirs[method].seconds;
      };
    }
    return interleave(contenders, { rounds });
  });
  const difference =
    peer &&
    Math.max(...Object.values(theirs).map((their) => Math.abs(their.covarianceTerm / ours.covarianceTerm - 1)));
  return { timings, foreign, noisy, ours, theirs, difference };
}
