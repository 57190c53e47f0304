import { extname } from 'node:path';
import { describe } from '../../base/check.js';
import { MadloopError } from '../../base/errors.js';
import { type ByteSource, withFile } from '../../files/byte-source.js';
import { readInput } from './read-input.js';

/**
 * The object in a JSON or YAML file that the user named; `what` says what it must be ("an object of parameters"). Anything wrong
 * is wrong usage (ERR_INVALID_INPUT), also a file that is not there, unlike one that fails while it is written.
 */
export async function readDocument(path: string, what: string): Promise<Record<string, unknown>> {
  const wrong = (message: string, cause?: unknown) => new MadloopError('ERR_INVALID_INPUT', message, { cause });
  const text = await readInput(withFile(path, undefined, wholeText));
  const isYaml = /^\.ya?ml$/.test(extname(path));
  let content: unknown;
  try {
    content = isYaml ? (await import('yaml')).parse(text, { logLevel: 'error' }) : JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    throw wrong(
      `${path} is not ${isYaml ? 'readable' : 'JSON'}: ${message.trimEnd()}${deeperLine(text, error)}`,
      error,
    );
  }
  if (isObject(content)) return content;
  throw wrong(`${path}: the document must be ${what}, got ${describe(content)}`);
}

/** What the parser of YAML does not see: that the line after the one it complains of is the one that is set in too far. */
function deeperLine(text: string, error: unknown): string {
  const line = (error as { linePos?: readonly { line: number }[] }).linePos?.[0]?.line;
  if (line === undefined) return '';
  const lines = text.split('\n');
  const indent = (i: number) => /^ */.exec(lines[i] ?? '')![0].length;
  return indent(line) > indent(line - 1) ? `\n(line ${line + 1} is indented more than line ${line})` : '';
}

async function wholeText(source: ByteSource): Promise<string> {
  const bytes = Buffer.alloc(source.size);
  await source.read(0, bytes);
  return bytes.toString('utf8');
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
