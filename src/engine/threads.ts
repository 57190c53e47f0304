import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { invalid } from '../base/check.js';

/** More threads than this never help, and asking for millions is a mistake. */
export const maximumThreads = 1024;

/**
 * How many threads a call uses unless told otherwise: MADLOOP_THREADS if set, else the processors this process may
 * use, which in a container is what its control group grants (Node does not look at that).
 */
export function defaultThreads(where: string): number {
  const wanted = process.env.MADLOOP_THREADS;
  if (wanted !== undefined && wanted !== '') {
    const threads = /^\d{1,9}$/.test(wanted) ? Number(wanted) : 0;
    if (threads < 1 || threads > maximumThreads) {
      throw invalid(where, 'MADLOOP_THREADS', `be an integer from 1 to ${maximumThreads}`, wanted);
    }
    return threads;
  }
  available ??= Math.min(availableParallelism(), controlGroupLimit(), maximumThreads);
  return available;
}

let available: number | undefined;

/** The processors that this process's control group (version 2) and its parents grant, rounded up; Infinity without a limit. */
function controlGroupLimit(): number {
  const own = /^0::(\/.*)$/m.exec(read('/proc/self/cgroup'))?.[1] ?? '/';
  let limit = Number.POSITIVE_INFINITY;
  for (let group = own; ; group = join(group, '..')) {
    limit = Math.min(limit, parseCpuMax(read(join('/sys/fs/cgroup', group, 'cpu.max'))));
    if (group === '/') return limit;
  }
}

/** The processors that the text of a cpu.max file grants: "quota period" in microseconds, or "max period". */
export function parseCpuMax(text: string): number {
  const found = /^(\d+) (\d+)\s*$/.exec(text);
  if (!found) return Number.POSITIVE_INFINITY;
  return Math.max(1, Math.ceil(Number(found[1]) / Number(found[2])));
}

/** A file's text; empty where there is none, as on systems without control groups. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
