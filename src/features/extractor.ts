// What made features, as their files say it: those of different extractors are not compared.

import { invalid } from '../base/check.js';
import { withFile } from '../files/byte-source.js';
import { readText } from '../files/small-arrays.js';
import { type ArrayFile, holdsText, isPickled, longestText, openArrayFile } from '../files/stored-array.js';

const pattern = new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${longestText}}$`, 'u');

export function checkExtractor(where: string, argument: string, value: unknown): string {
  if (typeof value !== 'string' || !pattern.test(value)) {
    throw invalid(
      where,
      argument,
      `be a text of 1 to ${longestText} characters, none of them a control character`,
      value,
    );
  }
  return value;
}

/** Which network made what is in a file; NumPy stores a None as a pickled object. */
export async function readExtractor(file: ArrayFile): Promise<string | undefined> {
  const array = await file.openExtractor();
  if (array === undefined || isPickled(array)) return undefined;
  return checkExtractor(file.name, 'extractor', await readText(array));
}

/** The same of a file of features, where an array of that name may be anything. */
export async function extractorOfFile(
  path: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  return withFile(path, signal, async (source) => {
    const file = await openArrayFile(source);
    const array = await file.openExtractor();
    return array !== undefined && holdsText(array) ? readExtractor(file) : undefined;
  });
}
