import { dataMatrix, withFile } from '../lib/data.mjs';
import { interleave, secondsPerUnit } from '../lib/interleave.mjs';
import { number, timing } from '../lib/report.mjs';

const rows = 20_000;
const cols = 512;

export const title = 'Mean and covariance of 20,000 × 512 float32 values, in float64';

export async function run({ madloop, threads, rounds, peers }) {
  const own = dataMatrix(rows, cols, 1);
  const shared = new Float32Array(new SharedArrayBuffer(own.byteLength));
  shared.set(own);

  let ours;
  let theirs;
  const call = (data) => () =>
    secondsPerUnit(1, async () => {
      ours = await madloop.moments(madloop.matrix(data, rows, cols), { threads });
    });
  const { timings, foreign, noisy } = await withFile([own], (path) => {
    const contenders = { copied: call(own), shared: call(shared) };
    if (peers) {
      contenders.peer = async () => {
        theirs = await peers.all.ask('moments', { path, rows, cols });
        return theirs.seconds;
      };
    }
    return interleave(contenders, { rounds });
  });

  const disagreements = [];
  if (peers) {
    const diagonal = Float64Array.from({ length: cols }, (_, j) => ours.covariance[j * (cols + 1)]);
    const pairs = {
      'norm of the means': [norm(ours.mean), theirs.meanNorm],
      'trace of the covariances': [diagonal.reduce((sum, value) => sum + value), theirs.trace],
      'norm of the covariances': [norm(ours.covariance), theirs.covarianceNorm],
    };
    for (const [what, [here, there]] of Object.entries(pairs)) {
      const difference = Math.abs(there / here - 1);
      if (!(difference < 1e-11)) disagreements.push(`moments: ${what}: ${difference} apart, relative`);
    }
  }
  const flops = rows * cols * cols;
  const line = (name, summary) => [
    name,
    timing(summary),
    number(flops / summary.median / 1e9),
    peers ? number(timings.peer.median / summary.median) : '-',
  ];
  return {
    columns: ['side', 'time', 'GFlop/s (n d²)', 'times faster'],
    rows: [
      line('madloop, ArrayBuffer (copied first)', timings.copied),
      line('madloop, SharedArrayBuffer (in place)', timings.shared),
      ...(peers ? [line('NumPy, np.mean and np.cov', timings.peer)] : []),
    ],
    noisy,
    disagreements,
    data: { timings, foreign },
  };
}

function norm(values) {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}
