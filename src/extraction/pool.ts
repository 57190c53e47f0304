import { mustError } from '../base/check.js';
import type { pools } from './options.js';

export type Pool = (typeof pools)[number];

/** A row of features for each of the first `rows` images of a tensor. */
export function pooled(
  where: string,
  { data, dims }: { readonly data: Float32Array; readonly dims: readonly number[] },
  pool: Pool,
  rows: number,
): { readonly data: Float32Array; readonly cols: number } {
  const [images = 0, ...rest] = dims;
  const size = rest.reduce((product, extent) => product * extent, 1);
  const shape = `(${dims.join(', ')})`;
  if (images < rows)
    throw mustError(where, 'tensor', 'have a row an image', `shape ${shape} of ${rows} images`);
  if (pool === 'none') {
    if (rest.filter((extent) => extent !== 1).length > 1) {
      const requirement =
        'be given, as the tensor holds more than a row an image (positions: images, channels, places; tokens, class-token: images, tokens, channels)';
      throw mustError(where, 'pool', requirement, `'none' for shape ${shape}`);
    }
    return { data: data.slice(0, rows * size), cols: size };
  }
  const [second, third] = rest;
  const ofTokens = pool !== 'positions';
  if (second === undefined || third === undefined || (ofTokens && rest.length !== 2)) {
    throw mustError(where, 'pool', `fit the shape of the tensor, ${shape}`, `'${pool}'`);
  }
  const cols = ofTokens ? third : second;
  const terms = pool === 'class-token' ? 1 : size / cols;
  const [step, stride] = ofTokens ? [cols, 1] : [1, terms];
  const result = new Float32Array(rows * cols);
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < cols; j += 1) {
      let sum = 0;
      for (let k = 0; k < terms; k += 1) sum += data[i * size + j * stride + k * step]!;
      result[i * cols + j] = sum / terms;
    }
  }
  return { data: result, cols };
}
