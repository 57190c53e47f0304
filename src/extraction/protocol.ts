import type { Size } from '../images/image.js';
import type { ExtractionOptions } from './options.js';

/**
 * How features were made, in a text that is the same for features that may be compared: it is the extractor of the file. The batch
 * is not in it, nor what changes last bits at most.
 */
export function protocolText(sha256: string, size: Size, options: ExtractionOptions): string {
  const { tensor, pool, resize, range, mean, std } = options;
  const parts: readonly (readonly [string, unknown])[] = [
    ['onnx', `sha256:${sha256}`],
    ['tensor', tensor],
    ['pool', pool === 'none' ? undefined : pool],
    ['size', `${size.width}x${size.height}`],
    ['resize', resize],
    ['range', range],
    ['mean', mean],
    ['std', std],
  ];
  return parts
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
