import { expect, test } from 'vitest';
import { plainText } from '../../src/base/plain-text.js';

test('what a terminal would obey stands there as an escape', () => {
  expect(plainText('a\u001b[31mb\u0007\r\n')).toBe('a\\u001b[31mb\\u0007\\u000d\\u000a');
  expect(plainText('\u0000\u007f\u009b2J')).toBe('\\u0000\\u007f\\u009b2J');
  expect(plainText('txt.\u202egpj\u2066\u200f\u061c\u2028')).toBe('txt.\\u202egpj\\u2066\\u200f\\u061c\\u2028');
});

test('text, and what is kept, stays as it is', () => {
  const text = 'Gödel’s 研究 – 12 % 🧪 é';
  expect(plainText(text)).toBe(text);
  expect(plainText('two\n\tlines\u001b', '\n\t')).toBe('two\n\tlines\\u001b');
});

test('JSON that was cleaned means the same', () => {
  const value = { 'a\u202e': '\u001b\u009b\u2028\n', b: ['x\u007f'] };
  const text = plainText(JSON.stringify(value, null, 2), '\n');
  expect(text).not.toMatch(/[^\n -~]/);
  expect(JSON.parse(text)).toEqual(value);
});
