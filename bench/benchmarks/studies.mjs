import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interleave } from '../lib/interleave.mjs';
import { duration, number, timing } from '../lib/report.mjs';

export const title = 'A study of 10,000 tiny cells: time outside the engine';

const study = {
  dim: 2,
  real: '10:1000:100',
  synthetic: '10:1000:100',
  relativeError: 0.01,
};

/** The goal: less than this part of a study's time is spent outside the engine. */
const goal = 0.2;

export async function run({ madloop, threads, rounds }) {
  const folder = mkdtempSync(join(tmpdir(), 'madloop-bench-'));
  const engine = await watchEngine();
  const parts = [];
  let cells = 0;
  let stores = 0;
  try {
    const ours = async () => {
      stores += 1;
      engine.reset();
      const begin = performance.now();
      const document = await madloop.runStudy(study, { store: join(folder, `${stores}.sqlite`), threads });
      const seconds = (performance.now() - begin) / 1000;
      cells = document.cells.length;
      parts.push(1 - engine.seconds() / seconds);
      return seconds;
    };
    const result = await interleave({ ours }, { rounds });
    parts.sort((a, b) => a - b);
    const part = parts[Math.floor(parts.length / 2)];
    return {
      columns: ['cells', 'time', 'a cell', 'outside the engine', 'goal'],
      rows: [
        [
          number(cells),
          timing(result.timings.ours),
          duration(result.timings.ours.median / cells),
          `**${number(100 * part)} %**`,
          `below ${100 * goal} %`,
        ],
      ],
      notes: [
        `d = 2, n_r and n_s from 10 to 1,000, relative error ${study.relativeError}. In the engine: while a native job runs or a native call is made. ` +
          'Outside: making the store, choosing work, waiting for the disk, reading the results back.',
      ],
      noisy: result.noisy,
      disagreements:
        part >= goal ? [`${number(100 * part)} % of a study's time are spent outside the engine`] : [],
      data: { parts, ...result },
    };
  } finally {
    engine.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Counts the time that passes inside native calls and while their jobs run, each moment once. */
async function watchEngine() {
  const { native } = await import(new URL('../../dist/engine/native.js', import.meta.url));
  const addon = native();
  const originals = {};
  let running = 0;
  let since = 0;
  let total = 0;
  const enter = () => {
    if (running === 0) since = performance.now();
    running += 1;
  };
  const leave = () => {
    running -= 1;
    if (running === 0) total += performance.now() - since;
  };
  for (const [name, call] of Object.entries(addon)) {
    if (typeof call !== 'function') continue;
    originals[name] = call;
    addon[name] = (...parameters) => {
      enter();
      let result;
      try {
        result = call.apply(addon, parameters);
      } catch (error) {
        leave();
        throw error;
      }
      if (result?.promise instanceof Promise) result.promise.then(leave, leave);
      else leave();
      return result;
    };
  }
  return {
    reset: () => {
      total = 0;
    },
    seconds: () => total / 1000,
    stop: () => Object.assign(addon, originals),
  };
}
