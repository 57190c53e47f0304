import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';

/** Above this many busy foreign threads on average, or this ratio of MAD to median, a measurement counts as noisy. */
const foreignLimit = 0.25;
const spreadLimit = 0.1;

/** Threads that want a processor at this moment, without this one; undefined where the system does not tell. */
export function runnableElsewhere() {
  try {
    const [, running] = /\s(\d+)\/\d+\s/.exec(readFileSync('/proc/loadavg', 'utf8'));
    return Math.max(0, Number(running) - 1);
  } catch {
    return undefined;
  }
}

/** Why the machine is too busy to measure on, before anything was started; undefined if it is idle. */
export function busyAtStart() {
  const [lastMinute] = loadavg();
  const cores = availableParallelism();
  if (lastMinute <= 0.25 * cores) return undefined;
  return `the load average was ${lastMinute.toFixed(2)} on ${cores} cores at the start`;
}

/** Why these timings should not be trusted, one reason a line; empty if nothing speaks against them. */
export function noise(summaries, foreign) {
  const reasons = [];
  if (foreign > foreignLimit)
    reasons.push(`${foreign.toFixed(1)} other threads wanted a processor between rounds`);
  for (const [name, { median, mad }] of Object.entries(summaries)) {
    if (mad > spreadLimit * median) {
      reasons.push(`the timings of ${name} scatter by ${Math.round((100 * mad) / median)} %`);
    }
  }
  return reasons;
}
