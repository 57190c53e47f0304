// The protocol between madloop and a model's process, version 1: docs/models.md describes it for those who write the
// other side. Each request is one line of JSON on the process's standard input; each is answered, in order, by one line
// on its standard output. Matrices travel as .npy files in a working folder.

import { describe } from '../../base/check.js';
import { MadloopError } from '../../base/errors.js';
import { plainText } from '../../base/plain-text.js';
import type { RowBlock } from '../generative-model.js';

const protocol = 'madloop-model';
const version = 1;
/** Characters that are told of an error. */
const longestReason = 4_000;

/** What madloop asks, without the number that the line gets. A seed is in decimal: it may be beyond 2^53. */
export type Request =
  | { readonly command: 'start'; readonly folder: string }
  | {
      readonly command: 'fit';
      /** The .npy file of the training set. */
      readonly data: string;
      /** What later requests call the fitted model. */
      readonly model: string;
      readonly seed: string;
      readonly threads: number | undefined;
      /** Where the rows come from, if that is known: in every loop. */
      readonly realCount: number | undefined;
      readonly blocks: readonly RowBlock[] | undefined;
    }
  | {
      readonly command: 'sample';
      readonly model: string;
      readonly count: number;
      readonly lambda: number;
      readonly seed: string;
      readonly threads: number | undefined;
      /** The .npy file to write the samples to. */
      readonly output: string;
    }
  | { readonly command: 'forget'; readonly model: string };

/** The line of a request. The first one says which protocol this is. */
export function requestLine(id: number, request: Request): string {
  const greeting = request.command === 'start' ? { protocol, version } : {};
  return `${JSON.stringify({ ...greeting, id, ...request })}\n`;
}

/** Checks the answer to request `id`; throws ERR_MODEL where it is none, or tells of an error. */
export function readAnswer(line: string, id: number, { command }: Request): void {
  const answer = parse(line);
  if (answer.id !== id) throw broken(`must answer request ${id}, got an answer to ${describe(answer.id)}`);
  if (answer.ok === false) {
    const error =
      typeof answer.error === 'string'
        ? plainText(answer.error.slice(0, longestReason), '\n\t')
        : 'it gives no reason';
    throw new MadloopError('ERR_MODEL', `the process refused: ${error}`);
  }
  if (answer.ok !== true) throw broken(`must answer with ok true or false, got ${describe(answer.ok)}`);
  if (command === 'start' && (answer.protocol !== protocol || answer.version !== version)) {
    const spoken = `${describe(answer.protocol)} version ${describe(answer.version)}`;
    throw broken(`must speak protocol "${protocol}" version ${version}, got ${spoken}`);
  }
}

/** An error that says how the process broke the protocol: nothing more can be expected of it. */
export class ProtocolError extends MadloopError {}

export function broken(how: string): ProtocolError {
  return new ProtocolError('ERR_MODEL', `the process ${how}`);
}

/**
 * Where in a line its answer begins, right or wrong: an object with an `id`, to the end of the line. What is before it was printed
 * without an end of line. Undefined where there is none.
 */
export function answerBegin(line: string): number | undefined {
  for (let i = line.indexOf('{'); i >= 0; i = line.indexOf('{', i + 1)) {
    const answer = parsed(line.slice(i));
    if (answer !== undefined && 'id' in answer) return i;
  }
  return undefined;
}

interface Answer {
  readonly id?: unknown;
  readonly ok?: unknown;
  readonly error?: unknown;
  readonly protocol?: unknown;
  readonly version?: unknown;
}

function parse(line: string): Answer {
  const answer = parsed(line);
  if (answer !== undefined) return answer;
  const got = describe(line.trimEnd());
  throw broken(`must write answers to its standard output and nothing else, got ${got}`);
}

function parsed(line: string): Answer | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(line);
  } catch {
    return undefined;
  }
  return typeof answer === 'object' && answer !== null && !Array.isArray(answer) ? answer : undefined;
}
