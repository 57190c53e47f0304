// Every way in which features were made has its own resize, and FIDs by different ones differ by more than models do (Parmar, Zhang &
// Zhu 2022, "On aliased resizing and surprising subtleties in GAN evaluation").

import { antialiased, bicubic, bilinear } from './antialiased.js';
import type { Image, Size } from './image.js';
import { asPyTorch, asTensorFlow1 } from './interpolated.js';

type Resize = (image: Image, size: Size) => ArrayLike<number>;

function clamped(values: ArrayLike<number>): Float32Array {
  const result = new Float32Array(values);
  for (let i = 0; i < result.length; i += 1) result[i] = Math.min(Math.max(result[i]!, 0), 255);
  return result;
}

const resizes = {
  /** Pillow on float32 channels without rounding, cut to 0 to 255: what clean-fid calls clean. */
  'pillow-bicubic-float32': (image, size) => clamped(antialiased(image, size, bicubic, 'float32')),
  'pillow-bilinear-float32': (image, size) => clamped(antialiased(image, size, bilinear, 'float32')),
  /** Image.resize of an image of 8 bits a channel. */
  'pillow-bicubic': (image, size) => antialiased(image, size, bicubic, 'uint8'),
  'pillow-bilinear': (image, size) => antialiased(image, size, bilinear, 'uint8'),
  'pytorch-bilinear': asPyTorch,
  'tensorflow1-bilinear': asTensorFlow1,
} as const satisfies Record<string, Resize>;

export type ResizeMethod = keyof typeof resizes;

export const resizeMethods = Object.keys(resizes) as ResizeMethod[];

/** The image at another size, numbers from 0 to 255, laid out as its pixels are. */
export function resize(image: Image, size: Size, method: ResizeMethod): ArrayLike<number> {
  return resizes[method](image, size);
}
