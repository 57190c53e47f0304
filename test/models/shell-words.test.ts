import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MadloopError } from '../../src/base/errors.js';
import { shellWords } from '../../src/models/process-model/shell-words.js';

const split = (text: string) => shellWords('loop', 'process', text);

test.each<[string, string[]]>([
  ['python3 model.py', ['python3', 'model.py']],
  ['  python3\t model.py \n', ['python3', 'model.py']],
  [`'/opt/my python/bin/python' "a b".py`, ['/opt/my python/bin/python', 'a b.py']],
  [String.raw`/opt/my\ python x\"y \\ \' ''`, ['/opt/my python', 'x"y', '\\', "'", '']],
  [String.raw`a "\$HOME \" \\ \n" '$HOME \'`, ['a', '$HOME " \\ \\n', '$HOME \\']],
  ['a b\\\nc "d\\\ne"', ['a', 'bc', 'de']],
  [`a --lr=1e-3 'x'y"z"{} x~y x#y`, ['a', '--lr=1e-3', 'xyz{}', 'x~y', 'x#y']],
  ['env CUDA_VISIBLE_DEVICES=0 python3 x.py', ['env', 'CUDA_VISIBLE_DEVICES=0', 'python3', 'x.py']],
  ["sh -c 'a | b'", ['sh', '-c', 'a | b']],
  ["'A'=1", ['A=1']],
])('%j is split into its words', (text, words) => {
  expect(split(text)).toEqual(words);
});

test.each<[string, string]>([
  [`python3 'my model.py`, `process must close the quote ' of character 9, got "python3 'my model.py"`],
  ['python3 "my model.py', 'process must close the quote " of character 9, got '],
  [`python3 "x\\"`, 'process must close the quote " of character 9, got '],
  ['python3 \\', 'process must have a character after its last backslash, got '],
  ['', 'process must be a program and its arguments, got ""'],
  [' \n', 'process must be a program and its arguments, got '],
  ["'' x", 'process must be a program and its arguments, got '],
  ['A=1 python3 x.py', 'process must begin with a program (env A=... PROGRAM sets a variable), got '],
  [
    'a | b',
    'process must have "|" (character 3) in single quotes, as no shell is run; sh -c \'...\' runs one, got "a | b"',
  ],
  ['a > b', 'must have ">" (character 3)'],
  ['a && b', 'must have "&"'],
  ['a $HOME', 'must have "$" (character 3)'],
  ['a "$HOME"', 'must have "$" (character 4)'],
  ['a `b`', 'must have "`"'],
  ['a *.py', 'must have "*"'],
  ['a ~/x.py', 'must have "~" (character 3)'],
  ['a # b', 'must have "#"'],
  ['a\nb', 'must have "\\n"'],
])('%j is refused', (text, message) => {
  expect(() => split(text)).toThrow(MadloopError);
  expect(() => split(text)).toThrow(message);
});

test('every command that is split is split as sh splits it', () => {
  const piece = fc.constantFrom(
    'a',
    'b=',
    '\\',
    "'",
    '"',
    ' ',
    '\t',
    '\n',
    'x y',
    '$',
    '-',
    '~',
    '#',
    '*',
    'é',
    '{1,2}',
    '!',
  );
  const texts = fc
    .sample(fc.array(piece, { maxLength: 12 }), { numRuns: 3000, seed: 1 })
    .map((pieces) => `printf ${pieces.join('')}`);
  const cases = texts.flatMap((text) => {
    try {
      return [{ text, words: split(text) }];
    } catch {
      return [];
    }
  });
  expect(cases.length).toBeGreaterThan(300);
  // As arguments of a program that writes them down, each with an end that none of them has.
  const script = cases.map(({ text }) => `words ${text.trim()}\n`).join('');
  const words = `words() { for word; do printf '%s\\001' "$word"; done; printf '\\002'; }\n`;
  const { stdout, stderr } = spawnSync('sh', ['-c', words + script], {
    encoding: 'utf8',
    env: { PATH: '/bin:/usr/bin', HOME: '/' },
  });
  expect(stderr).toBe('');
  const found = stdout
    .split('\x02')
    .slice(0, -1)
    .map((line) => line.split('\x01').slice(0, -1));
  expect(found).toEqual(cases.map((one) => one.words));
});
