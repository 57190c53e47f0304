import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Image, Size } from '../../src/images/image.js';
import { type ResizeMethod, resize, resizeMethods } from '../../src/images/resize.js';
import { uniform } from '../support/numbers.js';
import { pillow } from '../support/pillow.js';
import { pytorch } from '../support/pytorch.js';

/** Noise between blocks of black and white, where filters with negative weights leave the range. */
function image(width: number, height: number, channels: 1 | 3, seed: number): Image {
  const next = uniform(seed);
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const [x, y] = [Math.floor(i / channels) % width, Math.floor(i / channels / width)];
    return ((x >> 2) + (y >> 2)) & 1 ? Math.floor(256 * next()) : 255 * Math.round(next());
  });
  return { data, width, height, channels };
}

interface Case extends Image {
  readonly to: Size;
  readonly method: ResizeMethod;
}

/** Smaller, larger, one direction alone, neither, single pixels and lines, sizes of no common factor; and sizes by chance. */
const sizes: readonly (readonly [number, number, number, number])[] = [
  [64, 48, 29, 29],
  [31, 23, 64, 61],
  [40, 30, 40, 17],
  [40, 30, 17, 30],
  [30, 40, 80, 40],
  [20, 20, 20, 20],
  [1, 1, 5, 7],
  [9, 1, 4, 4],
  [1, 9, 4, 4],
  [500, 3, 7, 2],
  [151, 101, 149, 149],
  [13, 13, 149, 149],
  ...Array.from({ length: 12 }, (_, i) => {
    const next = uniform(1000 + i);
    const side = () => 1 + Math.floor(80 * next());
    return [side(), side(), side(), side()] as const;
  }),
];

function cases(method: ResizeMethod): Case[] {
  return sizes.map(([width, height, toWidth, toHeight], i) => ({
    ...image(width, height, i % 3 === 0 ? 1 : 3, i),
    to: { width: toWidth, height: toHeight },
    method,
  }));
}

const resized = ({ to, method, ...source }: Case): Float32Array =>
  Float32Array.from(resize(source, to, method));

/** What a peer makes of all cases. */
function byPeer(python: string, program: string, all: readonly Case[]): Float32Array[] {
  const head = all.map(({ data: _, ...rest }) => rest);
  const input = Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...all.map(({ data }) => data)]);
  const path = fileURLToPath(new URL(`peers/${program}`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(python, [path], { input, maxBuffer: 2 ** 28 });
  expect([status, String(stderr)]).toEqual([0, '']);
  let offset = 0;
  return all.map(({ to, channels }) => {
    const bytes = 4 * to.width * to.height * channels;
    offset += bytes;
    return new Float32Array(Uint8Array.from(stdout.subarray(offset - bytes, offset)).buffer);
  });
}

const ofPillow = resizeMethods.filter((method) => method.startsWith('pillow'));

/** SHA-256 of what Pillow 9.4 makes of all cases, as float32. */
const hashes: Readonly<Record<string, string>> = {
  'pillow-bicubic-float32': 'd605b8f16967e464a8839e3c8b9d4ba2a720cd182815eea1c2fa17376ea4e47c',
  'pillow-bilinear-float32': '992aba06ce6646c7eb363ecaaaa825e92e357bd70cdb9693a7b9e327767723a6',
  'pillow-bicubic': '940128f087a7b275da171b43e073e320284b5ecec267d6f7c6678ce8427213b8',
  'pillow-bilinear': '7fc8259345b58ac1abf5f8604abc4a496a358c9d216b714ee43ea0c22d087c30',
};

test.each(ofPillow)('%s has the bits of Pillow 9.4', (method) => {
  const hash = createHash('sha256');
  for (const each of cases(method)) hash.update(new Uint8Array(resized(each).buffer));
  expect(hash.digest('hex')).toBe(hashes[method]);
});

test.skipIf(pillow === undefined)('all of them have the bits of the Pillow that is here', () => {
  const all = ofPillow.flatMap(cases);
  const expected = byPeer(pillow!, 'pillow.py', all);
  const differing = all.filter((each, i) => !bytesOf(resized(each)).equals(bytesOf(expected[i]!)));
  expect(differing.map(({ method, width, height, to }) => [method, width, height, to])).toEqual([]);
});

const bytesOf = (values: Float32Array): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);

/** Bilinear interpolation in float64, pixel i of the result at `position(i)` of the source. */
function interpolated(source: Image, to: Size, position: (i: number, scale: number) => number): number[] {
  const { data, width, height, channels } = source;
  const at = (y: number, x: number, c: number) => {
    return data[(Math.min(y, height - 1) * width + Math.min(x, width - 1)) * channels + c]!;
  };
  const result: number[] = [];
  for (let i = 0; i < to.height; i += 1) {
    const y = position(i, height / to.height);
    const top = Math.floor(y);
    for (let j = 0; j < to.width; j += 1) {
      const x = position(j, width / to.width);
      const left = Math.floor(x);
      for (let c = 0; c < channels; c += 1) {
        const [above, below] = [top, top + 1].map(
          (line) => at(line, left, c) * (1 - (x - left)) + at(line, left + 1, c) * (x - left),
        );
        result.push(above! * (1 - (y - top)) + below! * (y - top));
      }
    }
  }
  return result;
}

// Positions are of a few hundred pixels in float32, and neighbours differ by 255.
const tolerance = 255 * 300 * 2 ** -22;

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  let largest = 0;
  for (let i = 0; i < expected.length; i += 1) largest = Math.max(largest, Math.abs(actual[i]! - expected[i]!));
  expect(largest).toBeLessThan(tolerance);
}

test.each<[ResizeMethod, (i: number, scale: number) => number]>([
  ['pytorch-bilinear', (i, scale) => Math.max((i + 0.5) * scale - 0.5, 0)],
  ['tensorflow1-bilinear', (i, scale) => i * scale],
])('%s is its formula', (method, position) => {
  for (const each of cases(method)) expectClose(resized(each), interpolated(each, each.to, position));
});

test.skipIf(pytorch === undefined)('pytorch-bilinear is what PyTorch makes', () => {
  const all = cases('pytorch-bilinear');
  const expected = byPeer(pytorch!, 'pytorch.py', all);
  for (const [i, each] of all.entries()) expectClose(resized(each), expected[i]!);
});

describe('every method', () => {
  test.each(resizeMethods)('%s leaves one colour and the size of 1:1 alone', (method) => {
    const grey = { data: new Uint8Array(3 * 20 * 10).fill(77), width: 20, height: 10, channels: 3 } as const;
    for (const to of [
      { width: 33, height: 7 },
      { width: 4, height: 40 },
    ]) {
      const values = Array.from(resize(grey, to, method));
      expect(values).toHaveLength(3 * to.width * to.height);
      // Weights in float32 or fixed point do not add up to 1 exactly.
      expect(Math.max(...values.map((value) => Math.abs(value - 77)))).toBeLessThan(1e-4);
    }
    const noise = image(12, 9, 3, 5);
    expect(Array.from(resize(noise, { width: 12, height: 9 }, method))).toEqual(Array.from(noise.data));
  });

  test.each(resizeMethods)('%s keeps channels apart', (method) => {
    const colours = image(23, 17, 3, 8);
    const to = { width: 11, height: 19 };
    const all = resize(colours, to, method);
    for (const channel of [0, 1, 2]) {
      const data = colours.data.filter((_, i) => i % 3 === channel);
      const alone = Array.from(resize({ ...colours, data, channels: 1 }, to, method));
      expect(Array.from(all).filter((_, i) => i % 3 === channel)).toEqual(alone);
    }
  });
});
