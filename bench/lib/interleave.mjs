import { setTimeout as sleep } from 'node:timers/promises';
import { noise, runnableElsewhere } from './load.mjs';
import { summarise } from './statistics.mjs';

/**
 * Both sides are idle for this long before each timing. OpenBLAS keeps its threads spinning for 20 to 30 ms after a
 * call; they would run on the other side's clock.
 */
const settleMilliseconds = 60;

/**
 * Measures contenders against each other in rounds A B A B ..., so that a drift of the machine (clock rate,
 * neighbours) meets all of them alike. Iteration counts are fixed: every timing of a contender does the same work.
 *
 * @param contenders name -> async (round) => seconds per unit of work, timed by the contender itself; warm-up rounds
 *   have negative numbers
 * @param rounds timings per contender, after `warmups` that are dropped
 * @returns { timings: name -> summary in seconds, foreign: busy foreign threads, noisy: reasons }
 */
export async function interleave(contenders, { rounds, warmups = 1 }) {
  const names = Object.keys(contenders);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  const foreign = [];
  for (let round = -warmups; round < rounds; round += 1) {
    for (const name of names) {
      await sleep(settleMilliseconds);
      const others = runnableElsewhere();
      const seconds = await contenders[name](round);
      if (round < 0) continue;
      samples[name].push(seconds);
      if (others !== undefined) foreign.push(others);
    }
  }
  const timings = Object.fromEntries(names.map((name) => [name, summarise(samples[name])]));
  const meanForeign = foreign.reduce((sum, value) => sum + value, 0) / Math.max(1, foreign.length);
  return { timings, foreign: meanForeign, noisy: noise(timings, meanForeign) };
}

/** Seconds that `work` takes, divided by `units`. */
export async function secondsPerUnit(units, work) {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9 / units;
}
