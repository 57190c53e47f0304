// A model for the tests of `madloop loop --process`: every column on its own, as a uniform distribution. It writes down each fit, in the
// file that TEST_FITS names, waits TEST_WAIT milliseconds in it, and fails in that of TEST_FAIL rows or where its argument says so.

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const { TEST_FITS, TEST_WAIT = '0', TEST_FAIL } = process.env;
const models = new Map();

function read(path) {
  const bytes = readFileSync(path);
  const begin = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, begin);
  const [rows, cols] = /\((\d+), (\d+)\)/.exec(header).slice(1).map(Number);
  const Elements = header.includes('f4') ? Float32Array : Float64Array;
  return {
    data: new Elements(bytes.buffer.slice(bytes.byteOffset + begin, bytes.byteOffset + bytes.length)),
    rows,
    cols,
  };
}

function write(path, data, rows, cols) {
  const header = `${`{'descr': '<f8', 'fortran_order': False, 'shape': (${rows}, ${cols}), }`.padEnd(117)}\n`;
  const prefix = Buffer.concat([Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'), Buffer.from(header)]);
  writeFileSync(path, Buffer.concat([prefix, Buffer.from(data.buffer)]));
}

/** splitmix64, as numbers in [0, 1). */
function uniforms(seed) {
  let state = BigInt(seed);
  return () => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let bits = state;
    bits = BigInt.asUintN(64, (bits ^ (bits >> 30n)) * 0xbf58476d1ce4e5b9n);
    bits = BigInt.asUintN(64, (bits ^ (bits >> 27n)) * 0x94d049bb133111ebn);
    return Number((bits ^ (bits >> 31n)) >> 11n) / 2 ** 53;
  };
}

async function respond({ command, data, model, seed, count, lambda, output }) {
  if (command === 'start') return { protocol: 'madloop-model', version: 1 };
  if (command === 'fit') {
    const { data: elements, rows, cols } = read(data);
    if (TEST_FITS !== undefined) appendFileSync(TEST_FITS, `${rows} rows, seed ${seed}\n`);
    await new Promise((resolve) => setTimeout(resolve, Number(TEST_WAIT)));
    if (Number(TEST_FAIL) === rows) throw new Error('out of memory');
    const columns = Array.from({ length: cols }, (_, j) => elements.filter((_, i) => i % cols === j));
    models.set(
      model,
      columns.map((column) => [Math.min(...column), Math.max(...column)]),
    );
  }
  if (command === 'sample') {
    const uniform = uniforms(seed);
    const ranges = models.get(model);
    const drawn = Float64Array.from({ length: count * ranges.length }, (_, i) => {
      const [low, high] = ranges[i % ranges.length];
      return (low + high) / 2 + Math.sqrt(lambda) * (high - low) * (uniform() - 0.5);
    });
    write(output, drawn, count, ranges.length);
  }
  if (command === 'forget') models.delete(model);
  return {};
}

for await (const line of createInterface(process.stdin)) {
  const request = JSON.parse(line);
  const { id } = request;
  const answer = await respond(request).then(
    (members) => ({ id, ok: true, ...members }),
    (error) => ({ id, ok: false, error: error.message }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
