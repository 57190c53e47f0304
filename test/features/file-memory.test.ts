// Files much larger than what is held of them.

import { once } from 'node:events';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, createDeflateRaw } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runScript } from '../support/child.js';
import { fullSize } from '../support/sizes.js';
import { npyBytes, zipBytes } from '../support/zip-bytes.js';

const cols = 64;
const gibibyte = 2 ** 30;
const size = fullSize ? gibibyte : gibibyte / 4;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'madloop-large-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A file of zeros that takes no room on the disk. */
async function sparse(name: string, bytes: number, fortranOrder: boolean): Promise<string> {
  const path = join(folder, name);
  const header = npyBytes('<f4', [bytes / 4 / cols, cols], Buffer.alloc(0), fortranOrder);
  await writeFile(path, header);
  const file = await open(path, 'r+');
  await file.truncate(header.length + bytes);
  await file.close();
  return path;
}

/** The same, deflated. */
async function deflated(name: string, bytes: number): Promise<string> {
  const header = npyBytes('<f4', [bytes / 4 / cols, cols], Buffer.alloc(0));
  const deflating = createDeflateRaw();
  const pieces: Buffer[] = [];
  deflating.on('data', (piece: Buffer) => pieces.push(piece));
  const zeros = Buffer.alloc(2 ** 24);
  let checksum = crc32(header);
  deflating.write(header);
  for (let written = 0; written < bytes; written += zeros.length) {
    checksum = crc32(zeros, checksum);
    await new Promise<void>((resolve) => deflating.write(zeros, () => resolve()));
  }
  deflating.end();
  await once(deflating, 'end');
  const path = join(folder, name);
  const size = header.length + bytes;
  const entry = { name: 'x.npy', bytes: Buffer.concat(pieces), method: 8, size, crc32: checksum };
  await writeFile(path, zipBytes([entry]));
  return path;
}

/** By how much the peak of the resident set grows while this runs, in bytes. */
async function growth(call: string, rows: number): Promise<number> {
  const { output, errors } = await runScript(`
    // What the engine and its threads take is there before.
    await madloop.moments(madloop.matrix(new Float32Array(10_000 * ${cols}), 10_000, ${cols}), { threads: 2 });
    const peak = () => process.resourceUsage().maxRSS * 1024;
    const before = peak();
    const result = await ${call};
    console.log(JSON.stringify({ grown: peak() - before, rows: result.count ?? result.rows }));
  `);
  expect(errors).toBe('');
  const { grown, rows: seen } = JSON.parse(output);
  expect(seen).toBe(rows);
  return grown;
}

// A block of 64 MiB, and as much again for the buffers of reading, whose garbage may wait to be collected.
const bound = 2 * 64 * 2 ** 20;

test.each<[string, number, (bytes: number) => Promise<string>]>([
  ['in C order', size, (bytes) => sparse('c.npy', bytes, false)],
  ['in Fortran order', size, (bytes) => sparse('fortran.npy', bytes, true)],
  ['deflated', gibibyte / 2, (bytes) => deflated('deflated.npz', bytes)],
])('momentsOfFile of a large file, %s, holds a block of it', async (_, bytes, make) => {
  const path = await make(bytes);
  const grown = await growth(
    `madloop.momentsOfFile(${JSON.stringify(path)}, { threads: 2 })`,
    bytes / 4 / cols,
  );
  expect(grown).toBeLessThan(bound);
  // The measure sees what is held: all of the file would be four times the bound and more.
  expect(grown).toBeGreaterThan(bound / 4);
});

test('readMatrix holds the matrix, and nothing beside it that grows with it', async () => {
  const path = await sparse('whole.npy', size, false);
  const grown = await growth(`madloop.readMatrix(${JSON.stringify(path)})`, size / 4 / cols);
  expect(grown).toBeGreaterThan(0.9 * size);
  expect(grown).toBeLessThan(size + bound / 2);
});
