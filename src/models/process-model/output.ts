// What a process writes, held in bounded memory.

import type { Readable } from 'node:stream';
import { plainText } from '../../base/plain-text.js';

/** Calls `onLine` with each line of a stream, and `onTooLong` when one has more than `longest` characters. */
export function readLines(
  stream: Readable,
  longest: number,
  onLine: (line: string) => void,
  onTooLong: () => void,
): void {
  let begun = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = (begun + text).split('\n');
    begun = lines.pop()!;
    for (const line of lines) {
      if (line.length > longest) onTooLong();
      else if (line.trim() !== '') onLine(line);
    }
    if (begun.length > longest) {
      begun = '';
      onTooLong();
    }
  });
}

/** The last characters that a stream gave, and of them the last lines. */
export class Tail {
  readonly #length: number;
  readonly #lines: number;
  #text = '';
  #cut = false;

  constructor(stream: Readable, most: { readonly characters: number; readonly lines: number }) {
    this.#length = most.characters;
    this.#lines = most.lines;
    stream.setEncoding('utf8').on('data', (text: string) => this.add(text));
  }

  /** Adds what did not come by the stream. */
  add(text: string): void {
    const all = this.#text + text;
    this.#cut ||= all.length > this.#length;
    this.#text = all.slice(-this.#length);
  }

  /** The text, with nothing that a terminal obeys, with "..." where its beginning is missing; empty if there was none. */
  get text(): string {
    const lines = plainText(this.#text.trimEnd(), '\n\t').split('\n');
    if (lines.length > this.#lines)
      return [`... (the last ${this.#lines} lines)`, ...lines.slice(-this.#lines)].join('\n');
    return (this.#cut ? '...' : '') + lines.join('\n');
  }
}
