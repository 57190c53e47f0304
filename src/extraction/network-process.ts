// The process of a network. It is in one of its own because onnxruntime blocks the thread that calls it, because its addon may be used
// by one thread of a process only, and because a file that a decoder or a network cannot stand ends this process and no other.

import { answerRequests } from '../base/answer-requests.js';
import { mustError } from '../base/check.js';
import type { Image } from '../images/image.js';
import { type ResizeMethod, resize } from '../images/resize.js';
import { decoder } from './decode.js';
import { type NetworkInput, openNetwork } from './network.js';
import type { Features, NetworkRequests } from './network-requests.js';
import type { ExtractionOptions } from './options.js';
import { pooled } from './pool.js';

let extract: ((paths: readonly string[]) => Promise<Features>) | undefined;

answerRequests<NetworkRequests>({
  async open(where, options) {
    const decode = await decoder();
    const network = await openNetwork(where, options);
    const { input } = network;
    const pixels = new Float32Array(input.batch * input.channels * input.width * input.height);
    extract = async (paths) => {
      for (const [i, path] of paths.entries()) {
        const image = await decode(path, input.channels);
        place(atSize(where, path, image, input, options.resize), i, input, options, pixels);
      }
      return pooled(where, await network.run(pixels), options.pool, paths.length);
    };
    return input;
  },
  extract: (paths) => extract!(paths),
});

function atSize(
  where: string,
  path: string,
  image: Image,
  { width, height }: NetworkInput,
  method: ResizeMethod | 'none',
): ArrayLike<number> {
  if (method !== 'none') return resize(image, { width, height }, method);
  if (image.width === width && image.height === height) return image.data;
  throw mustError(
    where,
    'resize',
    `resize ${path}, of ${image.width}x${image.height}, to ${width}x${height}`,
    "'none'",
  );
}

/** Puts the i-th image into a batch, in the network's range and layout. */
function place(
  values: ArrayLike<number>,
  i: number,
  { channels, width, height, interleaved }: NetworkInput,
  { range, mean = [0], std = [1] }: ExtractionOptions,
  batch: Float32Array,
): void {
  const [black, white] = range as readonly [number, number];
  const pixels = width * height;
  const begin = i * channels * pixels;
  const [pixelStep, channelStep] = interleaved ? [channels, 1] : [1, pixels];
  for (let channel = 0; channel < channels; channel += 1) {
    const [centre, deviation] = [mean[channel % mean.length]!, std[channel % std.length]!];
    const scale = (white - black) / 255 / deviation;
    const shift = (black - centre) / deviation;
    for (let j = 0; j < pixels; j += 1) {
      batch[begin + j * pixelStep + channel * channelStep] = values[j * channels + channel]! * scale + shift;
    }
  }
}
