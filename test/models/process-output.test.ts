import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { readLines, Tail } from '../../src/models/process-model/output.js';

test.each([
  ['in one piece', ['short\nmuch too long\nnext\n']],
  ['ended by a later piece', ['short\nmuch', ' too long\nnext\n']],
  ['without an end', ['short\n', 'much too long']],
])('a line that is too long is never handed on, however it comes: %s', async (_, pieces) => {
  const lines: string[] = [];
  let tooLong = 0;
  const stream = Readable.from(pieces.map((piece) => Buffer.from(piece)));
  readLines(
    stream,
    8,
    (line) => lines.push(line),
    () => (tooLong += 1),
  );
  await finished(stream);
  expect(lines[0]).toBe('short');
  expect(lines).not.toContainEqual(expect.stringContaining('long'));
  expect(tooLong).toBe(1);
});

test.each([
  ['few lines', ['one\ntwo\n', 'three\n'], 'one\ntwo\nthree'],
  ['more lines than are shown', ['y\n'.repeat(7)], '... (the last 3 lines)\ny\ny\ny'],
  ['more characters than are kept', ['a long line\n', 'and its end'], '...line\nand its end'],
])('what a program said last: %s', async (_, pieces, text) => {
  const stream = Readable.from(pieces.map((piece) => Buffer.from(piece)));
  const tail = new Tail(stream, { characters: 16, lines: 3 });
  await finished(stream);
  expect(tail.text).toBe(text);
});
