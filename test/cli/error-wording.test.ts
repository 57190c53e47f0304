import { expect, test } from 'vitest';
import { loopCommand } from '../../src/cli/commands/loop.js';
import { forCommandLine } from '../../src/cli/terminal/error-wording.js';

const flags = loopCommand(new AbortController().signal).options.flatMap(({ long }) => long ?? []);

test.each([
  [
    'an option of the command',
    'Take fewer real samples, or { replace: true }',
    'Take fewer real samples, or --replace',
  ],
  ['what is no option of it', 'give { anyExtractor: true }', 'give { anyExtractor: true }'],
  ["another program's setting", 'in Yarn dependenciesMeta: { madloop: { built: true } }.', undefined],
  ['one of the name of an option', 'in Yarn dependenciesMeta: { madloop: { replace: true } }.', undefined],
])('options in a message become flags: %s', (_, message, expected = message) => {
  expect(forCommandLine(message, flags)).toBe(expected);
});
