import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * rows x cols float32 values, row-major: independent, of sums of four uniforms, with another mean and scale in each
 * column. Made by a small generator (mulberry32) from the seed.
 */
export function dataMatrix(rows, cols, seed) {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const shifts = Array.from({ length: cols }, () => 4 * uniform() - 2);
  const scales = Array.from({ length: cols }, () => 0.5 + uniform());
  const data = new Float32Array(rows * cols);
  for (let i = 0; i < data.length; i += 1) {
    const j = i % cols;
    data[i] = shifts[j] + scales[j] * (uniform() + uniform() + uniform() + uniform() - 2);
  }
  return data;
}

/** Calls `use` with the path of a temporary file that holds these arrays one after the other. */
export async function withFile(arrays, use) {
  const folder = mkdtempSync(join(tmpdir(), 'madloop-bench-'));
  const path = join(folder, 'values');
  try {
    writeFileSync(
      path,
      Buffer.concat(arrays.map((array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength))),
    );
    return await use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
