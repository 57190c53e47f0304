import { dataMatrix, withFile } from '../lib/data.mjs';
import { interleave, secondsPerUnit } from '../lib/interleave.mjs';
import { number, timing } from '../lib/report.mjs';

const rows = 10_000;
const cols = 2_048;
const blockSize = 1_000;

export const title = 'Kernel distance (KID) of two sets of 10,000 × 2,048 float32 values, ten blocks of 1,000';

export async function run({ madloop, threads, rounds, peers }) {
  const a = dataMatrix(rows, cols, 1);
  const b = dataMatrix(rows, cols, 2);
  const sample = (data, count) => madloop.matrix(data.subarray(0, count * cols), count, cols);

  let ours;
  let theirs;
  const contenders = {
    ours: () =>
      secondsPerUnit(1, async () => {
        ours = await madloop.kernelDistance(sample(a, rows), sample(b, rows), { blockSize, threads });
      }),
  };
  let difference = 0;
  const { timings, foreign, noisy } = await withFile([a, b], async (path) => {
    if (peers) {
      const ask = (peer, count) =>
        peer.ask('kernel_distance', { path, rows, cols, block_size: blockSize, count });
      // Each side draws its own blocks; of a single block of the first rows both must say the same.
      const first = await madloop.kernelDistance(sample(a, blockSize), sample(b, blockSize), { threads });
      difference = Math.abs((await ask(peers.all, blockSize)).distance / first.distance - 1);
      contenders.peer = async () => {
        theirs = await ask(peers.all, rows);
        return theirs.seconds;
      };
    }
    return interleave(contenders, { rounds });
  });

  const disagreements = [];
  // Sums of kernel values near 1 and more, rounded to 1e-14 of them, over a distance of about their size.
  if (!(difference < 1e-10)) disagreements.push(`kernel distance: ${difference} apart, relative`);
  const ratio = peers && number(timings.peer.median / timings.ours.median);
  // Products of pairs within a (half of them), within b (half) and between.
  const flops = (rows / blockSize) * 2 * 2 * blockSize ** 2 * cols;
  return {
    columns: ['madloop', 'GFlop/s', 'NumPy, float64', 'times faster', 'difference on one block, relative'],
    rows: [
      [
        timing(timings.ours),
        number(flops / timings.ours.median / 1e9),
        peers ? timing(timings.peer) : '-',
        ratio ?? '-',
        peers ? difference.toExponential(1) : '-',
      ],
    ],
    noisy,
    disagreements,
    data: { timings, foreign, ours: { ...ours, estimates: [...ours.estimates] }, theirs: theirs ?? null },
  };
}
