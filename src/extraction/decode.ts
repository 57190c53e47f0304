// Image files to pixels, by sharp: the bits that Pillow decodes to, of PNG and lossless formats, and of JPEG by the same library.

import { MadloopError } from '../base/errors.js';
import { optionalPackage } from '../base/optional-package.js';
import type { Image } from '../images/image.js';
import { packages } from './packages.js';

/** What is used of sharp. */
interface Sharp {
  (path: string, options: { ignoreIcc: boolean; failOn: 'error' }): Pipeline;
  concurrency(threads: number): void;
  cache(keep: boolean): void;
}

interface Pipeline {
  metadata(): Promise<{ readonly space?: string }>;
  removeAlpha(): Pipeline;
  toColourspace(space: 'srgb'): Pipeline;
  raw(options: { depth: 'uchar' }): Pipeline;
  toBuffer(options: { resolveWithObject: true }): Promise<{
    readonly data: Buffer;
    readonly info: { readonly width: number; readonly height: number; readonly channels: number };
  }>;
}

export type Decode = (path: string, channels: 1 | 3) => Promise<Image>;

/** Errors: ERR_MISSING_PACKAGE; of the decoder ERR_INVALID_INPUT, which names the file. */
export async function decoder(): Promise<Decode> {
  const { default: sharp } = await optionalPackage<{ default: Sharp }>('sharp', ...packages);
  sharp.concurrency(1);
  sharp.cache(false);
  return async (path, channels) => {
    try {
      // No colour profile, no rotation, alpha dropped and not blended: as PIL.Image.open(path).convert('RGB').
      const pipeline = sharp(path, { ignoreIcc: true, failOn: 'error' });
      const { space } = await pipeline.metadata();
      if (space === 'cmyk')
        throw new Error('it is in CMYK, which every library converts in another way: convert it to RGB');
      const raw = pipeline.removeAlpha().toColourspace('srgb').raw({ depth: 'uchar' });
      const { data, info } = await raw.toBuffer({ resolveWithObject: true });
      return withChannels({ data, width: info.width, height: info.height }, info.channels, channels);
    } catch (error) {
      const { message } = error as Error;
      throw new MadloopError('ERR_INVALID_INPUT', `cannot read ${path} as an image: ${message}`, {
        cause: error,
      });
    }
  };
}

/** With as many channels as wanted: grey by Pillow's weights (ITU-R 601-2), colours of grey alike. */
function withChannels({ data, width, height }: Omit<Image, 'channels'>, has: number, channels: 1 | 3): Image {
  if (has === channels) return { data, width, height, channels };
  const pixels = width * height;
  const result = new Uint8Array(pixels * channels);
  for (let i = 0; i < pixels; i += 1) {
    if (channels === 3) result.fill(data[i]!, 3 * i, 3 * i + 3);
    else result[i] = (19595 * data[3 * i]! + 38470 * data[3 * i + 1]! + 7471 * data[3 * i + 2]! + 0x8000) >> 16;
  }
  return { data: result, width, height, channels };
}
