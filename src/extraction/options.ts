// What decides features beside the images.

import { invalid } from '../base/check.js';
import { checked, integer, oneOf, text, type ValuesOf } from '../base/options.js';
import type { Size } from '../images/image.js';
import { resizeMethods } from '../images/resize.js';

export const pools = ['none', 'positions', 'tokens', 'class-token'] as const;

export const extractionOptions = {
  onnx: text('be the name of an ONNX file').doc('the network, an ONNX file').flag('<model.onnx>'),
  range: checked('two numbers', (where, argument, value) =>
    checkNumbers(where, argument, value, [2], 'two numbers, as 0,1'),
  )
    .doc('what the network takes for black and white, as 0,1 or 0,255 or -1,1')
    .flag('<black,white>'),
  mean: checked('one or three numbers', checkPerChannel)
    .optional()
    .doc('what is then subtracted, for all channels or for red, green and blue')
    .flag('<r,g,b>'),
  std: checked('one or three numbers', checkDeviations)
    .optional()
    .doc('what is then divided by')
    .flag('<r,g,b>'),
  resize: oneOf([...resizeMethods, 'none'])
    .or('pillow-bicubic-float32')
    .doc('how images come to that size')
    .flag('<method>'),
  size: checked('width x height', checkSize)
    .optional("the network's own")
    .doc('to which size images come, in pixels: 299 or 192x48, where the network takes any')
    .flag('<WxH>'),
  tensor: text('be the name of a tensor')
    .optional('its only output')
    .doc('which tensor of the network is taken, any by its name in the file')
    .flag('<name>'),
  pool: oneOf(pools)
    .or('none')
    .doc(
      'what becomes of more than a row an image: the mean over what follows channels, that over tokens, the first token',
    )
    .flag('<pool>'),
  batch: integer(1, 4096).or(16).doc('images that the network takes at once'),
};

export type ExtractionOptions = ValuesOf<typeof extractionOptions>;

/** Numbers between commas, as many as one of `counts`. */
function checkNumbers(
  where: string,
  argument: string,
  value: unknown,
  counts: readonly number[],
  inWords: string,
): readonly number[] {
  const numbers =
    typeof value === 'string'
      ? value.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
      : [];
  if (!counts.includes(numbers.length) || !numbers.every(Number.isFinite))
    throw invalid(where, argument, `be ${inWords}`, value);
  return numbers;
}

function checkPerChannel(where: string, argument: string, value: unknown): readonly number[] {
  return checkNumbers(where, argument, value, [1, 3], 'one number or three, as 0.485,0.456,0.406');
}

function checkDeviations(where: string, argument: string, value: unknown): readonly number[] {
  const deviations = checkPerChannel(where, argument, value);
  if (!deviations.every((deviation) => deviation > 0)) throw invalid(where, argument, 'be above 0', value);
  return deviations;
}

// Beyond that no network takes images, and a batch would take gigabytes.
const longestSide = 8192;

function checkSize(where: string, argument: string, value: unknown): Size {
  const [, width, height = width] = /^(\d{1,5})(?:x(\d{1,5}))?$/.exec(String(value)) ?? [];
  const size = { width: Number(width), height: Number(height) };
  if (
    width === undefined ||
    Math.min(size.width, size.height) < 1 ||
    Math.max(size.width, size.height) > longestSide
  ) {
    throw invalid(where, argument, `be a side or WIDTHxHEIGHT in pixels, up to ${longestSide}`, value);
  }
  return size;
}
