// Resizing by convolution, as Pillow does it: each pixel is a weighted mean of those under a filter that is as much wider as the
// image becomes smaller, so nothing aliases. First along the rows, then along the columns. The same bits as Pillow's, so every
// operation is in its order: https://github.com/python-pillow/Pillow/blob/main/src/libImaging/Resample.c

import type { Image, Size } from './image.js';

/** A filter, 0 beyond `radius` pixels. */
export interface Filter {
  readonly radius: number;
  readonly at: (distance: number) => number;
}

/** The triangle: linear interpolation where an image becomes larger. */
export const bilinear: Filter = { radius: 1, at: (x) => Math.max(1 - Math.abs(x), 0) };

/** The cubic of Keys (1981) with a = -1/2. */
export const bicubic: Filter = {
  radius: 2,
  at(distance) {
    const x = Math.abs(distance);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
  },
};

/** What each pass stores: float32, or 8 bits from weights in fixed point. */
export type Precision = 'float32' | 'uint8';

// Of the weights of 'uint8': sums of 255 times their absolute values stay within 32 bits.
const fractionBits = 22;

/** The image at another size. Values of 'float32' may leave 0 to 255 where the filter has negative weights. */
export function antialiased(
  image: Image,
  size: Size,
  filter: Filter,
  precision: Precision,
): Uint8Array | Uint8ClampedArray | Float32Array {
  const { data, width, height, channels } = image;
  const along = <From extends ArrayLike<number>>(pixels: From, shape: Shape, length: number) =>
    shape.length === length
      ? pixels
      : convolved(pixels, shape, weightsOf(shape.length, length, filter), precision);
  const rows = along(data, { outer: height, length: width, inner: channels }, size.width);
  return along(rows, { outer: 1, length: height, inner: size.width * channels }, size.height);
}

/** Pixels along an axis: `outer` times `length` pixels, of `inner` numbers each that have weights in common. */
interface Shape {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** The weights of a pixel: of those from `first` on. They add up to 1. */
interface Weights {
  readonly first: number;
  readonly values: Float64Array;
}

function weightsOf(length: number, target: number, { radius, at }: Filter): Weights[] {
  const scale = length / target;
  const stretch = Math.max(scale, 1);
  const [reach, shrink] = [radius * stretch, 1 / stretch];
  return Array.from({ length: target }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(Math.trunc(centre - reach + 0.5), 0);
    const end = Math.min(Math.trunc(centre + reach + 0.5), length);
    const values = Float64Array.from({ length: end - first }, (_, j) =>
      at((j + first - centre + 0.5) * shrink),
    );
    const sum = values.reduce((total, value) => total + value, 0);
    return { first, values: sum === 0 ? values : values.map((value) => value / sum) };
  });
}

function convolved(
  pixels: ArrayLike<number>,
  { outer, length, inner }: Shape,
  weights: readonly Weights[],
  precision: Precision,
): Uint8ClampedArray | Float32Array {
  const inFixedPoint = precision === 'uint8';
  const result = new (inFixedPoint ? Uint8ClampedArray : Float32Array)(outer * weights.length * inner);
  const half = inFixedPoint ? 2 ** (fractionBits - 1) : 0;
  let to = 0;
  const taken = weights.map(({ first, values }) => ({
    first,
    values: inFixedPoint ? values.map(fixedPoint) : values,
  }));
  for (let line = 0; line < outer; line += 1) {
    for (const { first, values } of taken) {
      const begin = (line * length + first) * inner;
      for (let k = 0; k < inner; k += 1) {
        let sum = half;
        for (let j = 0, from = begin + k; j < values.length; j += 1, from += inner)
          sum += pixels[from]! * values[j]!;
        result[to] = inFixedPoint ? sum >> fractionBits : sum;
        to += 1;
      }
    }
  }
  return result;
}

/** A weight in units of 2^-22, halves away from zero. */
function fixedPoint(weight: number): number {
  return Math.trunc(weight * 2 ** fractionBits + (weight < 0 ? -0.5 : 0.5));
}
