// Threads that are terminated in the middle of a study: the process they are in goes on, and so does the study.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runScript, workerUrl } from '../support/child.js';
import { uniform } from '../support/numbers.js';
import { fullSize } from '../support/sizes.js';

const folder = mkdtempSync(join(tmpdir(), 'madloop-terminated-'));
afterAll(() => rmSync(folder, { recursive: true }));

const processes = fullSize ? 50 : 2;
const threads = fullSize ? 10 : 3;

// Runs the study again and again, and reads its store all the while: most of the time, something is at work on it.
const worker = workerUrl(`
  import { rmSync } from 'node:fs';
  const study = { dim: 2, real: '5:60:8', synthetic: ${fullSize ? '[20, 200]' : '[10, 60]'}, relativeError: 0.002 };
  const { store, isLast } = workerData;
  let begun = false;
  const read = async () => {
    for (;;) {
      const document = await madloop.readStudy(store).catch(() => new Promise((resolve) => setTimeout(resolve, 5)));
      if (document === undefined || begun) continue;
      begun = true;
      parentPort.postMessage('begun');
    }
  };
  if (!isLast) void read();
  for (;;) {
    const { cells } = await madloop.runStudy(study, { store, threads: 1 });
    if (isLast) {
      parentPort.postMessage(JSON.stringify(cells));
      break;
    }
    rmSync(store);
  }
`);

/** Terminates a thread at each of the delays, one after the other; then a last one finishes the study. Prints its cells. */
const script = (store: string, delays: readonly number[]): string => `
  import { Worker } from 'node:worker_threads';
  const start = (isLast) => {
    const worker = new Worker(new URL(${JSON.stringify(worker.href)}), { workerData: { store: ${JSON.stringify(store)}, isLast } });
    worker.on('error', (error) => console.log(error.stack));
    return worker;
  };
  for (const delay of ${JSON.stringify(delays)}) {
    const worker = start(false);
    await new Promise((resolve) => worker.once('message', resolve));
    await new Promise((resolve) => setTimeout(resolve, delay));
    await worker.terminate();
  }
  start(true).on('message', (text) => console.log(text));
`;

test(`${threads} threads after each other in each of ${processes} processes`, {
  timeout: 3_600_000,
}, async () => {
  const next = uniform(11);
  const outputs = new Set<string>();
  for (let index = 0; index < processes; index += 1) {
    const delays = Array.from({ length: threads }, () => Math.round(300 * next()));
    const { code, signal, output, errors } = await runScript(script(join(folder, `${index}.sqlite`), delays));
    expect([index, code, signal, errors]).toEqual([index, 0, null, '']);
    outputs.add(output);
  }
  expect(outputs.size).toBe(1);
  expect(JSON.parse([...outputs][0]!)).toHaveLength(16);
  console.log(`${processes * threads} threads terminated`);
});
