// A generator process for processModel: the rows of its training set again, times lambda, from a row that the seed chooses.

import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const models = new Map();

const commands = {
  start: () => ({ protocol: 'madloop-model', version: 1 }),
  fit({ data, model }) {
    const bytes = readFileSync(data);
    const begin = 10 + bytes.readUInt16LE(8);
    const cols = Number(/'shape': \(\d+, (\d+)\)/.exec(bytes.toString('latin1', 0, begin))[1]);
    models.set(model, { values: new Float64Array(new Uint8Array(bytes.subarray(begin)).buffer), cols });
  },
  sample({ model, count, lambda, seed, output }) {
    const { values, cols } = models.get(model);
    const first = Number(BigInt(seed) % BigInt(values.length / cols)) * cols;
    const drawn = Float64Array.from(
      { length: count * cols },
      (_, i) => lambda * values[(first + i) % values.length],
    );
    const header = `${`{'descr': '<f8', 'fortran_order': False, 'shape': (${count}, ${cols}), }`.padEnd(117)}\n`;
    const prefix = Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1');
    writeFileSync(output, Buffer.concat([prefix, Buffer.from(header), Buffer.from(drawn.buffer)]));
  },
  forget: ({ model }) => void models.delete(model),
};

for await (const line of createInterface(process.stdin)) {
  const request = JSON.parse(line);
  const answer = { id: request.id, ok: true, ...commands[request.command](request) };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
