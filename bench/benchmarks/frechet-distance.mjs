import { dataMatrix, withFile } from '../lib/data.mjs';
import { interleave, secondsPerUnit } from '../lib/interleave.mjs';
import { number, timing } from '../lib/report.mjs';

const dim = 512;

export const title = 'Fréchet distance from the moments of two sets, d = 512, full rank';

export async function run({ madloop, threads, rounds, peers }) {
  const momentsOf = (seed) => madloop.moments(madloop.matrix(dataMatrix(4 * dim, dim, seed), 4 * dim, dim));
  const a = await momentsOf(1);
  const b = await momentsOf(2);

  let ours;
  let theirs;
  const contenders = {
    ours: () =>
      secondsPerUnit(1, async () => {
        ours = await madloop.frechetDistance(a, b, { threads });
      }),
  };
  const { timings, foreign, noisy } = await withFile([a.mean, a.covariance, b.mean, b.covariance], (path) => {
    if (peers) {
      contenders.peer = async () => {
        theirs = await peers.all.ask('frechet_distance', { path, dim });
        return theirs.seconds;
      };
    }
    return interleave(contenders, { rounds });
  });

  const disagreements = [];
  // Both are wrong by some d eps of the traces, and their covariance term is a hundredth of those.
  const difference = peers ? Math.abs(theirs.covarianceTerm / ours.covarianceTerm - 1) : 0;
  if (!(difference < 1e-10))
    disagreements.push(`Fréchet distance: covariance terms differ by ${difference}, relative`);
  const ratio = peers && number(timings.peer.median / timings.ours.median);
  return {
    columns: [
      'madloop',
      'scipy.linalg.sqrtm of the product',
      'times faster',
      'difference of covariance terms, relative',
    ],
    rows: [
      [
        timing(timings.ours),
        peers ? timing(timings.peer) : '-',
        ratio ?? '-',
        peers ? difference.toExponential(1) : '-',
      ],
    ],
    noisy,
    disagreements,
    data: { timings, foreign, ours, theirs: theirs ?? null },
  };
}
