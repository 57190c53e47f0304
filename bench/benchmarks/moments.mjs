import { dataMatrix, withFile } from '../lib/data.mjs';
import { interleave, secondsPerUnit } from '../lib/interleave.mjs';
import { number, timing } from '../lib/report.mjs';

const sizes = [
  { rows: 20_000, cols: 512 },
  { rows: 50_000, cols: 2_048, rounds: 3 },
];

export const title = 'Mean and covariance of float32 values, in float64';

export async function run({ madloop, threads, rounds, peers }) {
  const results = [];
  for (const { rounds: most = rounds, ...size } of sizes)
    results.push(await measure(size, { madloop, threads, peers, rounds: Math.min(rounds, most) }));
  return {
    columns: ['size', 'side', 'time', 'GFlop/s (n d²)', 'times faster'],
    rows: results.flatMap(({ lines }) => lines),
    noisy: results.flatMap(({ name, noisy }) => noisy.map((reason) => `${name}: ${reason}`)),
    disagreements: results.flatMap(({ disagreements }) => disagreements),
    data: results.map(({ data }) => data),
  };
}

async function measure({ rows, cols }, { madloop, threads, rounds, peers }) {
  const name = `${rows.toLocaleString('en-US')} × ${cols.toLocaleString('en-US')}`;
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

  const flops = rows * cols * cols;
  const line = (side, summary) => [
    name,
    side,
    timing(summary),
    number(flops / summary.median / 1e9),
    peers ? number(timings.peer.median / summary.median) : '-',
  ];
  return {
    name,
    lines: [
      line('madloop, ArrayBuffer (copied first)', timings.copied),
      line('madloop, SharedArrayBuffer (in place)', timings.shared),
      ...(peers ? [line('NumPy, np.mean and np.cov', timings.peer)] : []),
    ],
    noisy,
    disagreements: peers ? disagreements(name, cols, ours, theirs) : [],
    data: { rows, cols, timings, foreign },
  };
}

function disagreements(name, cols, ours, theirs) {
  let trace = 0;
  for (let j = 0; j < cols; j += 1) trace += ours.covariance[j * (cols + 1)];
  const pairs = {
    'norm of the means': [norm(ours.mean), theirs.meanNorm],
    'trace of the covariances': [trace, theirs.trace],
    'norm of the covariances': [norm(ours.covariance), theirs.covarianceNorm],
  };
  return Object.entries(pairs)
    .map(([what, [here, there]]) => [what, Math.abs(there / here - 1)])
    .filter(([, difference]) => !(difference < 1e-11))
    .map(([what, difference]) => `moments, ${name}: ${what}: ${difference} apart, relative`);
}

function norm(values) {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}
