import { interleave, secondsPerUnit } from '../lib/interleave.mjs';
import { timing } from '../lib/report.mjs';

export const title = 'expectedDistance, n = 10 d';

/** Calls per timing, so that one takes some tens of milliseconds at least. */
const cases = [
  { dim: 10, calls: 100 },
  { dim: 100, calls: 10 },
  { dim: 300, calls: 2 },
];

export async function run({ madloop, threads, rounds }) {
  const rows = [];
  const noisy = [];
  const data = [];
  for (const { dim, calls } of cases) {
    const ours = () =>
      secondsPerUnit(calls, async () => {
        for (let call = 0; call < calls; call += 1) {
          await madloop.expectedDistance({ dim, samples: 10 * dim, threads });
        }
      });
    const result = await interleave({ ours }, { rounds });
    rows.push([dim, timing(result.timings.ours)]);
    noisy.push(...result.noisy.map((reason) => `d = ${dim}: ${reason}`));
    data.push({ dim, ...result });
  }
  return { columns: ['d', 'time of a call'], rows, noisy, disagreements: [], data };
}
