import { expect, test } from 'vitest';
import { csvText } from '../../src/files/csv.js';

test('numbers are written so that they read back as the same numbers', () => {
  const values = [1 / 3, 5e-324, -1.7976931348623157e308, 1e21, 0.1 + 0.2];
  const [, line] = csvText(['a', 'b', 'c', 'd', 'e'], [values]).split('\n');
  expect(line!.split(',').map(Number)).toEqual(values);
});

test('NaN is an empty field', () => {
  expect(csvText(['t', 'x'], [[1, Number.NaN]])).toBe('t,x\n1,\n');
});

test('text with commas, quotes or line breaks is quoted', () => {
  expect(csvText(['name'], [['a,b'], ['say "x"'], ['two\nlines'], ['plain']])).toBe(
    'name\n"a,b"\n"say ""x"""\n"two\nlines"\nplain\n',
  );
});

test('no text is a formula or moves a cursor; numbers stay numbers', () => {
  const texts = ['=1+2', '+1', '-cmd', '@sum', '\tx', 'a=b', '\u001b[2J', '=\u202e'];
  expect(csvText(['x'], [...texts.map((text) => [text]), [-1.5], [-2n]])).toBe(
    "x\n'=1+2\n'+1\n'-cmd\n'@sum\n'\tx\na=b\n\\u001b[2J\n'=\\u202e\n-1.5\n-2\n",
  );
});

test('a row of the wrong length is refused', () => {
  expect(() => csvText(['a', 'b'], [[1]])).toThrow(RangeError);
});
