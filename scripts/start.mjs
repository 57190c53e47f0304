// `npm start`: the paper's Figure 11 in full, an effective-sample-size study of 1,200 cells at a relative standard error
// of 0.001, into an embedded store; then a page of it. Stopped at any moment, the same command goes on where it was.
//
//   npm start                          files go to ./madloop-results
//   npm start -- --output FOLDER --relative-error 0.01
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

let child;
// Ctrl-C reaches the command by itself, which stops in order; this program waits for it. SIGTERM is handed on.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child?.kill('SIGTERM'));

/** Runs a command of madloop's and ends with its exit status where it fails. */
async function madloop(...args) {
  console.log(`madloop ${args.join(' ')}`);
  child = spawn(process.execPath, [program, ...args], { stdio: 'inherit' });
  const [code, signal] = await once(child, 'exit');
  if (code !== 0) process.exit(code ?? (signal === 'SIGINT' ? 130 : 143));
}

const { values } = parseArgs({
  options: {
    output: { type: 'string', short: 'o', default: 'madloop-results' },
    'relative-error': { type: 'string', default: '0.001' },
  },
});
const page = join(values.output, 'report.html');
await madloop('figure', '11', '-o', values.output, '--relative-error', values['relative-error']);
await madloop('report', join(values.output, 'figure-11.sqlite'), '-o', page);
console.log(`\nThe report: ${resolve(page)}\n            ${pathToFileURL(resolve(page))}`);
