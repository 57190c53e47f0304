import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { dataMatrix } from '../lib/data.mjs';
import { secondsPerUnit } from '../lib/interleave.mjs';
import { duration, number } from '../lib/report.mjs';

export const title = 'Delay of the event loop while a call runs on all cores';

/** The bound that every call must keep on a machine that does nothing else; the tests hold the engine to it. */
const limitMilliseconds = 50;
/** The timer that measures: it cannot see delays below its own period. */
const resolution = 1;

export async function run({ madloop, threads }) {
  const small = dataMatrix(1_024, 512, 1);
  const large = dataMatrix(100_000, 512, 2);
  const calls = {
    'simulateGaussianLoop, d = 100, 200 chains of 40 generations': () =>
      madloop.simulateGaussianLoop({
        variant: 'fresh-data',
        dim: 100,
        initial: 1_000,
        real: 100,
        synthetic: 900,
        generations: 40,
        replicates: 200,
        threads,
      }),
    'frechetDistance of two 1,024 × 512 matrices': () => {
      const x = madloop.matrix(small, 1_024, 512);
      return madloop.frechetDistance(x, x, { threads });
    },
    'moments of 100,000 × 512 float32 values (205 MB, copied)': () =>
      madloop.moments(madloop.matrix(large, 100_000, 512), { threads }),
  };
  const data = [];
  for (const [name, call] of Object.entries(calls)) data.push({ name, ...(await watch(call)) });
  return {
    columns: ['call', 'it took', 'longest delay', '99 %', 'limit'],
    rows: data.map(({ name, seconds, longest, percentile99 }) => [
      name,
      duration(seconds),
      `**${number(longest)} ms**`,
      `${number(percentile99)} ms`,
      `${limitMilliseconds} ms`,
    ]),
    notes: [
      `Measured by a timer of ${resolution} ms, whose own period is taken off; with as many busy threads as cores the ` +
        'operating system adds its share.',
      ...data
        .filter(({ longest }) => longest > limitMilliseconds)
        .map(({ name, longest }) => `**Over the limit:** ${name}: ${number(longest)} ms.`),
    ],
    disagreements: [],
    data,
  };
}

/** Runs a call beside a watch on the event loop; milliseconds by which its turns came late. */
async function watch(call) {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  await sleep(50); // the timer's first period
  delay.reset();
  const seconds = await secondsPerUnit(1, call);
  await sleep(20);
  delay.disable();
  const late = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - resolution);
  return { seconds, longest: late(delay.max), percentile99: late(delay.percentile(99)) };
}
