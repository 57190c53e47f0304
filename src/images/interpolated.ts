// Resizing by interpolation between the four nearest pixels, which aliases where an image becomes smaller: what older FIDs were
// made with. In float32, as the libraries compute it.

import type { Image, Size } from './image.js';

const { fround, floor, min, max } = Math;

/** Where pixel `i` lies in the source, in float32, and what its neighbours count. */
interface Neighbours {
  readonly first: number;
  readonly second: number;
  /** Of the second. */
  readonly weight: number;
}

type Position = (i: number, scale: number) => number;

/**
 * As torch.nn.functional.interpolate(mode='bilinear', align_corners=False, antialias=False): centres of pixels at halves, the
 * border repeated.
 */
export function asPyTorch(image: Image, size: Size): Float32Array {
  const position: Position = (i, scale) => max(fround(fround(scale * fround(i + 0.5)) - 0.5), 0);
  return interpolated(image, size, position, (a, b, weight) => {
    return fround(fround(a * fround(1 - weight)) + fround(b * weight));
  });
}

/** As tf.compat.v1.image.resize_bilinear(align_corners=False) and TensorFlow's first Inception graphs: corners at whole pixels. */
export function asTensorFlow1(image: Image, size: Size): Float32Array {
  return interpolated(
    image,
    size,
    (i, scale) => fround(i * scale),
    (a, b, weight) => {
      return fround(a + fround(fround(b - a) * weight));
    },
  );
}

function interpolated(
  { data, width, height, channels }: Image,
  size: Size,
  position: Position,
  between: (a: number, b: number, weight: number) => number,
): Float32Array {
  const columns = neighboursOf(width, size.width, position);
  const lines = neighboursOf(height, size.height, position);
  const result = new Float32Array(size.width * size.height * channels);
  let to = 0;
  for (const { first: top, second: bottom, weight: down } of lines) {
    for (const { first: left, second: right, weight: across } of columns) {
      for (let channel = 0; channel < channels; channel += 1) {
        const at = (y: number, x: number) => data[(y * width + x) * channels + channel]!;
        const above = between(at(top, left), at(top, right), across);
        const below = between(at(bottom, left), at(bottom, right), across);
        result[to] = between(above, below, down);
        to += 1;
      }
    }
  }
  return result;
}

function neighboursOf(length: number, target: number, position: Position): Neighbours[] {
  const scale = fround(length / target);
  return Array.from({ length: target }, (_, i) => {
    const place = position(i, scale);
    const first = min(floor(place), length - 1);
    return { first, second: min(first + 1, length - 1), weight: fround(place - first) };
  });
}
