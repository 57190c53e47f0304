import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeFileAtomically } from '../../src/files/atomic-write.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'madloop-write-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('writes text and bytes, makes folders on the way, replaces a file, and leaves nothing else', async () => {
  const path = join(folder, 'a', 'b', 'file');
  await writeFileAtomically(path, 'old');
  await writeFileAtomically(path, [Buffer.from('new'), Buffer.from(' text')]);
  expect(await readFile(path, 'utf8')).toBe('new text');
  expect(await readdir(join(folder, 'a', 'b'))).toEqual(['file']);
});

test('a write that fails in the middle leaves the old file and no temporary one', async () => {
  const path = join(folder, 'kept', 'file');
  await writeFileAtomically(path, 'old');
  const broken = [Buffer.from('new'), 'not bytes' as unknown as Uint8Array, 3 as unknown as Uint8Array];
  await expect(writeFileAtomically(path, broken)).rejects.toMatchObject({ code: 'ERR_FILE' });
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await readdir(join(folder, 'kept'))).toEqual(['file']);
});

test('says which file could not be written', async () => {
  const blocked = join(folder, 'blocked');
  await mkdir(blocked);
  await writeFile(join(blocked, 'plain'), '');
  const path = join(blocked, 'plain', 'below-a-file');
  await expect(writeFileAtomically(path, 'x')).rejects.toMatchObject({
    code: 'ERR_FILE',
    message: expect.stringContaining(path),
  });
});
