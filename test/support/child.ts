// Scripts run in a Node process of their own, against the built package (npm test builds it first).

import { type ChildProcess, spawn } from 'node:child_process';

const entry = new URL('../../dist/index.js', import.meta.url).href;
const nativeEntry = new URL('../../dist/engine/native.js', import.meta.url).href;

/** Lines that every script begins with: the package as `madloop`, the raw addon as `addon()`, and a call of about 10 s. */
const prelude = `
import * as madloop from ${JSON.stringify(entry)};
import { native as addon } from ${JSON.stringify(nativeEntry)};
const longCall = (options = {}) => madloop.simulateGaussianLoop({
  variant: 'fresh-data', dim: 100, real: 100, synthetic: 900, generations: 20_000, ...options,
});
`;

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
}

/** Starts an ES module given as text. */
export function startScript(script: string, nodeOptions: readonly string[] = []): ChildProcess {
  const inline = ['--input-type=module', '--eval', prelude + script];
  return spawn(process.execPath, [...nodeOptions, ...inline], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs an ES module given as text to its end. */
export async function runScript(script: string, nodeOptions: readonly string[] = []): Promise<Outcome> {
  return outcomeOf(startScript(script, nodeOptions));
}

export function outcomeOf(child: ChildProcess): Promise<Outcome> {
  let output = '';
  let errors = '';
  child.stdout!.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr!.on('data', (chunk) => {
    errors += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, output, errors }));
  });
}

/** The module text for a worker_threads Worker, as a URL it can be started from. */
export function workerUrl(script: string): URL {
  const source = `import { parentPort, workerData } from 'node:worker_threads';\n${prelude}${script}`;
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}
