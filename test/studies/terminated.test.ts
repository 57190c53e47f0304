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

const processes = fullSize ? 50 : 3;
const threads = 10;

const worker = workerUrl(`
  const study = { dim: 2, real: '5:60:8', synthetic: [20, 200], relativeError: 0.002 };
  const { store, log } = workerData;
  parentPort.postMessage('begin');
  for (;;) {
    const { cells } = await madloop.runStudy(study, { store, threads: 1 });
    if (log) parentPort.postMessage(JSON.stringify(cells));
    if (log) break;
    await madloop.readStudy(store);
    (await import('node:fs')).rmSync(store);
  }
`);

/** Terminates a thread at each of the delays, one after the other; then a last one finishes the study. Prints its cells. */
const script = (store: string, delays: readonly number[]): string => `
  import { Worker } from 'node:worker_threads';
  const start = (log) => {
    const worker = new Worker(new URL(${JSON.stringify(worker.href)}), { workerData: { store: ${JSON.stringify(store)}, log } });
    worker.on('error', (error) => console.log(error.stack));
    return worker;
  };
  for (const delay of ${JSON.stringify(delays)}) {
    const worker = start(false);
    await new Promise((resolve) => worker.once('message', resolve));
    await new Promise((resolve) => setTimeout(resolve, delay));
    await worker.terminate();
  }
  const last = start(true);
  last.on('message', (text) => text !== 'begin' && console.log(text));
`;

test('ten threads after each other in each of many processes', { timeout: 3_600_000 }, async () => {
  const next = uniform(11);
  const outputs = new Set<string>();
  for (let index = 0; index < processes; index += 1) {
    const delays = Array.from({ length: threads }, () => Math.round(1200 * next()));
    const { code, signal, output, errors } = await runScript(script(join(folder, `${index}.sqlite`), delays));
    expect([index, code, signal, errors]).toEqual([index, 0, null, '']);
    outputs.add(output);
  }
  expect(outputs.size).toBe(1);
  expect(JSON.parse([...outputs][0]!)).toHaveLength(16);
  console.log(`${processes * threads} threads terminated`);
});
