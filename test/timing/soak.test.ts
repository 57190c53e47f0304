// A long time of everything at once: what is lost a little by each call, and only under load, shows. Two minutes in the full run;
// MADLOOP_SOAK_MINUTES for any time.

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { simulateGaussianLoop } from '../../src/index.js';
import { uniform } from '../support/numbers.js';
import { type PublicCall, publicCalls } from '../support/public-calls.js';
import { fullSize } from '../support/sizes.js';

const minutes = Number(process.env.MADLOOP_SOAK_MINUTES ?? (fullSize ? 2 : 0));
const windows = 20;
const callers = 4;

const linux = process.platform === 'linux';
const entries = (folder: string) => (linux ? readdirSync(folder).length : 0);

/** What the process holds, once nothing is in flight. */
async function held() {
  for (let i = 0; i < 6; i += 1) {
    globalThis.gc?.();
    await delay(50);
  }
  const { rss, external, heapUsed } = process.memoryUsage();
  return {
    rss,
    external,
    heap: heapUsed,
    files: entries('/proc/self/fd'),
    threads: entries('/proc/self/task'),
  };
}

test.runIf(minutes > 0)(
  `${minutes} minutes of every public call, some of them aborted, leave nothing behind`,
  {
    timeout: 120_000 + minutes * 90_000,
  },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'madloop-soak-'));
    // A caller's calls read what others of them wrote, into a folder of its own.
    const ofCallers = Array.from({ length: callers }, (_, i) => {
      const own = join(folder, String(i));
      mkdirSync(own);
      return publicCalls(own);
    });
    const next = uniform(7);
    let made = 0;
    const strays: unknown[] = [];
    const onStray = (error: unknown) => strays.push(error);
    process.on('unhandledRejection', onStray);

    const aborted = async () => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 20 * next());
      const loop = {
        variant: 'fresh-data',
        dim: 30,
        real: 60,
        synthetic: 60,
        lambda: 0.9,
        generations: 5_000,
      } as const;
      const error = await simulateGaussianLoop({ ...loop, replicates: 50, signal: controller.signal }).catch(
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ code: 'ERR_ABORTED' });
    };
    const make = async ({ name, call, arguments: given }: PublicCall) => {
      made += 1;
      try {
        await call(...given());
      } catch (error) {
        throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
    };
    const caller = async (calls: readonly PublicCall[], until: number) => {
      while (performance.now() < until) {
        if (next() < 0.02) await aborted();
        else await make(calls[Math.floor(calls.length * next())]!);
      }
    };
    for (const calls of ofCallers) for (const call of calls) await make(call);

    const seen: Awaited<ReturnType<typeof held>>[] = [];
    for (let window = 0; window < windows; window += 1) {
      const until = performance.now() + (minutes * 60_000) / windows;
      await Promise.all(ofCallers.map((calls) => caller(calls, until)));
      seen.push(await held());
    }
    process.off('unhandledRejection', onStray);
    rmSync(folder, { recursive: true });
    const median = (what: keyof (typeof seen)[number], from: number) =>
      seen
        .slice(from, from + windows / 4)
        .map((each) => each[what])
        .sort((a, b) => a - b)[Math.floor(windows / 8)]!;
    const growth = (what: keyof (typeof seen)[number]) =>
      median(what, (3 * windows) / 4) - median(what, windows / 4);
    const mebibytes = (what: 'rss' | 'external' | 'heap') => (growth(what) / 2 ** 20).toFixed(1);
    console.log(
      `${made} calls; resident ${mebibytes('rss')} MiB, outside the heap ${mebibytes('external')}, heap ${mebibytes('heap')} in half of the time`,
    );
    expect(strays).toEqual([]);
    expect(made).toBeGreaterThan(minutes * 1_000);
    // 100 bytes of each call would be more, of heap and of what is outside of it; the allocator keeps pages for itself.
    const perCall = 100 * (made / 2);
    expect(growth('heap')).toBeLessThan(Math.max(perCall, 2 ** 20));
    expect(growth('external')).toBeLessThan(Math.max(perCall, 2 ** 20));
    expect(growth('rss')).toBeLessThan(Math.max(perCall, 32 * 2 ** 20));
    expect(growth('files')).toBeLessThanOrEqual(0);
    expect(growth('threads')).toBeLessThanOrEqual(0);
  },
);
