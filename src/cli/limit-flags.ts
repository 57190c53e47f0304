import { type Command, Option } from 'commander';
import { numberOrText } from './loop-parameters.js';

// Numbers are given by name of the option they go to; the library checks them.
const flags: readonly { flag: string; help: string; text?: true }[] = [
  { flag: '--variant <variant>', help: 'fresh-data (default) or synthetic-augmentation', text: true },
  { flag: '--dim <d>', help: 'dimension of the real distribution N(0, I)' },
  { flag: '--real <n>', help: 'real samples in each generation' },
  { flag: '--synthetic <n>', help: 'synthetic samples in each generation' },
  { flag: '--lambda <x>', help: 'sampling bias, 0 to 1 (default 1: none)' },
  { flag: '--memory <n>', help: 'past models that synthetic samples come from (default 1)' },
  { flag: '--divisor <divisor>', help: 'of covariances: unbiased (default) or mle', text: true },
  {
    flag: '--relative-error <x>',
    help: 'standard error wanted, as a fraction of the distance (default 0.001)',
  },
  { flag: '--seed <n>', help: 'decides every random number (default 0)', text: true },
  {
    flag: '--method <method>',
    help: 'monte-carlo (default), or deterministic: the large-d limit, no standard error',
    text: true,
  },
];

/** Gives a command the flags that say which limit point is meant. */
export function addLimitFlags(command: Command): void {
  for (const { flag, help, text } of flags) {
    const option = new Option(flag, help);
    command.addOption(text ? option : option.argParser(numberOrText));
  }
}
