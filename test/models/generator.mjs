// A generator process for the tests of processModel. It answers as the protocol says, but for the misbehaviour that its
// first argument names, in the command that its second one names. It starts a child, and writes down the process ids of both and every
// request, in the folder that TEST_LOG names.

import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [misbehaviour, when] = process.argv.slice(2);
const log = process.env.TEST_LOG;
const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
child.unref();
writeFileSync(join(log, `${process.pid}.pids`), `${process.pid} ${child.pid}`);

/** The first 128 bytes of a .npy file. */
function prefix(rows, cols) {
  const header = `${`{'descr': '<f8', 'fortran_order': False, 'shape': (${rows}, ${cols}), }`.padEnd(117)}\n`;
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'), Buffer.from(header)]);
}

/** A .npy file of zeros, but for its first element. */
function zeros(rows, cols, first = 0) {
  const elements = new Float64Array(rows * cols);
  elements[0] = first;
  return Buffer.concat([prefix(rows, cols), Buffer.from(elements.buffer)]);
}

const answer = (fields) => process.stdout.write(`${JSON.stringify(fields)}\n`);

for await (const line of createInterface(process.stdin)) {
  appendFileSync(join(log, 'requests'), `${line}\n`);
  const request = JSON.parse(line);
  const { id, command } = request;
  let good = { id, ok: true };
  if (command === 'start') good = { ...good, protocol: 'madloop-model', version: 1 };
  let samples = command === 'sample' ? zeros(request.count, 2) : undefined;
  if (command === when) {
    if (misbehaviour === 'hang') await new Promise((resolve) => setTimeout(resolve, 1e6));
    if (misbehaviour === 'spin') for (;;);
    if (misbehaviour === 'exit') {
      process.stderr.write(`${'much '.repeat(5000)}talk\nthe last word\n`, () => process.exit(3));
      continue;
    }
    if (misbehaviour === 'die') process.kill(process.pid, 'SIGKILL');
    if (misbehaviour === 'print') process.stdout.write('Epoch 1\n');
    if (misbehaviour === 'begin') process.stdout.write('epochs: {"a": {"id": ...');
    if (misbehaviour === 'flood') process.stdout.write('x'.repeat(100_000));
    if (misbehaviour === 'refuse') good = { id, ok: false, error: 'out of ideas' };
    if (misbehaviour === 'confuse') good = { ...good, id: id + 1 };
    if (misbehaviour === 'version') good = { ...good, version: 2 };
    if (misbehaviour === 'vague') good = { id, ok: 'yes' };
    if (misbehaviour === 'shape') samples = zeros(request.count, 3);
    if (misbehaviour === 'nan') samples = zeros(request.count, 2, Number.NaN);
    if (misbehaviour === 'damage') samples = Buffer.from('no array');
    if (misbehaviour === 'nothing') samples = undefined;
    if (misbehaviour === 'pipe') {
      samples = undefined;
      spawnSync('mkfifo', [request.output]);
    }
    if (misbehaviour === 'folder') {
      samples = undefined;
      mkdirSync(join(request.output, 'inside'), { recursive: true });
    }
    if (misbehaviour === 'trap') {
      // Where the next training set is to go.
      spawnSync('mkfifo', [request.output.replace(/samples-(\d+)/, (_, n) => `data-${Number(n) + 1}`)]);
    }
    if (misbehaviour === 'huge') {
      samples = undefined;
      writeFileSync(request.output, prefix(2, 2 ** 27));
      truncateSync(request.output, 128 + 2 ** 31);
    }
  }
  if (samples !== undefined) writeFileSync(request.output, samples);
  answer(good);
  if (command === when && misbehaviour === 'chatter') setTimeout(() => process.stdout.write('unasked\n'), 20);
}
process.exit(0);
