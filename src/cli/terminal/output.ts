// Standard output carries data and nothing else; standard error carries talk.

import { plainText } from '../../base/plain-text.js';

/** Writes text to standard output. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes one JSON document to standard output. NaN and infinities, which JSON lacks, become null. */
export function printJson(document: unknown): void {
  print(jsonText(document));
}

/** Writes a message to standard error. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function jsonText(document: unknown): string {
  // In JSON text an escape stands for the character itself.
  return plainText(JSON.stringify(document, null, 2), '\n');
}

/**
 * A reader that went away (`madloop loop ... | head`) is no failure: what is still to be printed is dropped, and the
 * command goes on to write its files. Any other error of the streams ends the process with a message as usual.
 */
export function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/** Parameters as JSON can hold them; a reference's dimension follows from its mean. */
export function printable({ reference, ...parameters }: PrintableParameters): Record<string, unknown> {
  return {
    ...parameters,
    ...(parameters.seed !== undefined && { seed: String(parameters.seed) }),
    ...(reference && { reference: { mean: [...reference.mean], covariance: [...reference.covariance] } }),
  };
}

interface PrintableParameters {
  readonly [name: string]: unknown;
  readonly seed?: bigint | string;
  readonly reference?: { readonly mean: Float64Array; readonly covariance: Float64Array } | undefined;
}
