import { expect, test } from 'vitest';
import { mustError } from '../../src/base/check.js';
import { loopCommand } from '../../src/cli/commands/loop.js';
import { forCommandLine, rewordErrors } from '../../src/cli/terminal/error-wording.js';

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

test.each([
  ['real', 'equal realFixed + realFresh = 7', '9', '--real must equal --real-fixed + --real-fresh = 7, got 9'],
  [
    'initial',
    'be at least realFixed = 3, the samples',
    '2',
    '--initial must be at least --real-fixed = 3, the samples, got 2',
  ],
  ['groups', 'be at most rows / 2 = 5', '6', '--groups must be at most rows / 2 = 5, got 6'],
])(
  'what a requirement is made of is called by its flags, too: %s must %s',
  async (argument, must, got, expected) => {
    const names: Record<string, string> = {
      real: '--real',
      realFixed: '--real-fixed',
      realFresh: '--real-fresh',
    };
    const nameOf = (name: string) =>
      names[name] ?? (['initial', 'groups'].includes(name) ? `--${name}` : undefined);
    const call = () => {
      throw mustError('simulateGaussianLoop', argument, must, got);
    };
    await expect(rewordErrors(nameOf, call)).rejects.toMatchObject({ message: expected });
  },
);
