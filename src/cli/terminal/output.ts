// Standard output carries data and nothing else; standard error carries talk.

import { writeSync } from 'node:fs';
import { MadloopError } from '../../base/errors.js';
import { plainText } from '../../base/plain-text.js';

const [standardOutput, standardError] = [1, 2];

let lost: NodeJS.ErrnoException | undefined;

/** Writes text to standard output. */
export function print(text: string): void {
  printExactly(`${text}\n`);
}

/**
 * Writes text that ends as it should to standard output: all of it, which Node's stream for a file does not promise. What
 * cannot be written is told at the end of the command, by `lostOutput`: it still writes its files. A reader that went away
 * (`madloop loop ... | head`) is no failure.
 */
export function printExactly(text: string): void {
  if (lost !== undefined) return;
  // Ctrl-C ends the process while it waits for a reader, in a call that returns to no handler.
  const handlers = process.rawListeners('SIGINT') as NodeJS.SignalsListener[];
  process.removeAllListeners('SIGINT');
  try {
    writeAll(standardOutput, text);
  } catch (error) {
    lost = error as NodeJS.ErrnoException;
  } finally {
    for (const handler of handlers) process.on('SIGINT', handler);
  }
}

/** Why standard output lacks something that was printed, if it does. */
export function lostOutput(): MadloopError | undefined {
  if (lost === undefined || lost.code === 'EPIPE') return undefined;
  return new MadloopError('ERR_FILE', `cannot write standard output: ${lost.code}`, { cause: lost });
}

/** Writes one JSON document to standard output. NaN and infinities, which JSON lacks, become null. */
export function printJson(document: unknown): void {
  print(jsonText(document));
}

/** Writes a message to standard error. Names in it, of files and commands, may hold anything: nothing that a terminal obeys. */
export function say(text: string): void {
  sayExactly(`${plainText(text, '\n\t')}\n`);
}

function sayExactly(text: string): void {
  try {
    writeAll(standardError, text);
  } catch {
    // There is nobody else to tell.
  }
}

export function jsonText(document: unknown): string {
  // In JSON text an escape stands for the character itself.
  return plainText(JSON.stringify(document, null, 2), '\n');
}

/** For commander, whose help goes the same way; its errors are reported by the program, in one form. */
export const commanderOutput = { writeOut: printExactly, writeErr: sayExactly, outputError: () => {} };

/** The progress bars write to the stream itself. */
export function tolerateClosedTerminal(): void {
  process.stderr.on('error', () => {});
}

const waitMs = 5;

/** A write may take a part of the bytes, and none where the reader of a non-blocking pipe is behind. */
function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(file, bytes, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs);
    }
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
