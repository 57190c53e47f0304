import { expect, test } from 'vitest';
import { forCommandLine } from '../../src/cli/terminal/error-wording.js';
import { withFlagHere } from '../../src/cli/terminal/written-elsewhere.js';

test.each(['--guidance-scale', '--guidance_scale', '--cfg-scale', '--guidance-scale=7.5'])(
  '%s is told what it is here',
  (flag) => {
    const message = `unknown option '${flag}'\n(Did you mean --lambda?)`;
    expect(withFlagHere(message, ['--dim', '--guidance'])).toBe(
      `unknown option '${flag}'\n(--guidance is w = scale - 1: 6.5 for a scale of 7.5)`,
    );
    // A command that has no such flag cannot suggest it.
    expect(withFlagHere(message, ['--dim'])).toBe(message);
  },
);

test('a flag that nobody knows is left to its nearest one', () => {
  for (const flag of ['--lamda', '--constructor', '--toString']) {
    const message = `unknown option '${flag}'\n(Did you mean --lambda?)`;
    expect(withFlagHere(message, ['--guidance'])).toBe(message);
  }
});

const count = '--real must be an integer of at least 1, got';
const share = '--synthetic-share must be a number from 0 to 0.999999, got';

test.each([
  [`${count} "10,000"`, 'write 10000 or 1e4'],
  [`${count} "1,234,567"`, 'write 1234567'],
  [`${count} "10_000"`, 'write 10000 or 1e4'],
  [`${count} "10k"`, 'write 10000 or 1e4'],
  [`${count} "1.5M"`, 'write 1500000 or 1.5e6'],
  ['entry 2 of --real-schedule must be an integer of at least 0, got "2k"', 'write 2000 or 2e3'],
  [`${share} 30`, '0.3 for 30 %'],
  [`${share} "30%"`, '0.3 for 30 %'],
  [`${share} "12.5 %"`, '0.125 for 12.5 %'],
  [`${share} "0,3"`, 'write 0.3'],
  ['--confidence must be a number above 0 and below 1, got 95', '0.95 for 95 %'],
])('%s: %s', (message, hint) => expect(forCommandLine(message, [])).toBe(`${message}: ${hint}`));

test.each([
  `${count} "many"`,
  `${count} 0`,
  `${count} "10,00,000"`,
  `${share} 130`,
  `${share} -1`,
  '--lambda must be a number from 0 to 1, got 2',
  '--memory must be an integer of at least 1, got 0.5',
  "--pool must be one of 'latest', 'accumulate', got \"10k\"",
  'a.json: real must be an integer of at least 1, got "10k"',
])('%s says no more', (message) => expect(forCommandLine(message, [])).toBe(message));
