import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

// The built command, as users run it: `npm run build` comes before these tests.
export const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
}

// A machine with much else to do may take ten seconds for anything, which a command then tells.
const progressLines = /^[a-z][a-z0-9 ]*: [\d.]+ %, [^\n]* (?:left|so far)(?:, [^\n]*)?\n/gm;

/** Starts `madloop` with these arguments in `cwd`. */
export function start(
  args: readonly string[],
  cwd: string,
  nodeOptions: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  program = main,
): Started {
  const child = spawn(process.execPath, [...nodeOptions, program, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const outcome = new Promise<Outcome>((resolve) =>
    child.on('close', (status) => resolve({ status, stdout, stderr: stderr.replace(progressLines, '') })),
  );
  return { child, outcome };
}

/** Runs `madloop` to its end. */
export function run(
  args: readonly string[],
  cwd: string,
  nodeOptions: readonly string[] = [],
): Promise<Outcome> {
  return start(args, cwd, nodeOptions).outcome;
}

/** A temporary folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'madloop-cli-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
}
