import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { matrix } from '../../src/base/matrix.js';
import { writeMatrix } from '../../src/features/matrix-file.js';
import { temporaryFolder } from './command.js';

export const model = fileURLToPath(new URL('column-model.mjs', import.meta.url));

export const rows = matrix(
  Float64Array.from({ length: 600 }, (_, i) => Math.sin(i * i)),
  150,
  4,
);

/** A folder with real.npy and a program of this name to run over it. */
export async function processFolder(program: string): Promise<string> {
  const folder = temporaryFolder();
  copyFileSync(model, join(folder, program));
  await writeMatrix(join(folder, 'real.npy'), rows);
  return folder;
}
