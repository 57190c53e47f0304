// The flags of commands, from the tables of the options that they give.

import { type Command, Option as Flag } from 'commander';
import { describe } from '../../base/check.js';
import { MadloopError } from '../../base/errors.js';
import { numberOrText, type OptionTable } from '../../base/options.js';

/** The flag of an option: "--real-fraction" for realFraction. */
export function flagName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Adds a flag for every option of the table that has one; `short` has those of one letter ("-s"). */
export function addFlags(
  command: Command,
  table: OptionTable,
  short: Readonly<Record<string, string>> = {},
): void {
  for (const [name, { facts }] of Object.entries(table)) {
    if (facts.valueName === undefined) continue;
    const names = [short[name], flagName(name)].filter((part) => part !== undefined).join(', ');
    const flag = new Flag(`${names} ${facts.valueName}`.trimEnd(), helpOf(name, table));
    command.addOption(facts.valueName === '' ? flag : flag.argParser((text) => facts.parse(text)));
    if (facts.schedule) command.addOption(scheduleFlag(name, facts.valueName));
  }
}

/** The flag of a list for the generations: "--real-schedule 10,20,40". */
function scheduleFlag(name: string, valueName: string): Flag {
  const values = [1, 2].map((i) => valueName.replace('>', `${i}>`));
  const meaning = `${flagName(name)} by generation, from the first; the last goes on`;
  return new Flag(`${flagName(scheduleName(name))} ${values.join(',')},...`, meaning).argParser((text) =>
    text.split(',').map(numberOrText),
  );
}

const scheduleName = (name: string): string => `${name}Schedule`;

/** What an option means, what it may be and what it is when left out, with other options named by their flags. */
export function helpOf(name: string, table: OptionTable): string {
  const { meaning, unit, choices, range = '', absent, defaultInWords } = table[name]!.facts;
  const known = choices?.includes(defaultInWords);
  const words = choices?.map((word) => (word === defaultInWords ? `${word} (default)` : word)) ?? [];
  const notes = [range, unit, defaultInWords === '' || known ? '' : `default: ${defaultInWords}`];
  const note = absent === 'error' ? [range, unit] : notes;
  const shown = note.filter((part) => part !== '').join('; ');
  const text = meaning + (words.length === 0 ? '' : `: ${listed(words)}`) + (shown === '' ? '' : ` (${shown})`);
  return withFlags(withoutReference(text, table), table);
}

/** A reference and a covariance are no texts, and have no flags: where the command takes a file of them, that gives it. */
function withoutReference(text: string, table: OptionTable): string {
  const instead = 'data' in table ? `, unless ${flagName('data')} gives it` : '';
  return text.replace(/, unless (?:its reference|the covariance) gives it/, instead);
}

/** Names that are no words of their own ("realFixed") or stand in backquotes, as flags: `pool: 'latest'` as "--pool latest". */
function withFlags(text: string, table: OptionTable): string {
  return text.replace(/`(\w+)(?:: '([^']+)')?`|\b[a-z]+[A-Z]\w*\b/g, (name, quoted = name, value = '') =>
    Object.hasOwn(table, quoted) ? `${flagName(quoted)} ${value}`.trimEnd() : name,
  );
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** The options of the table among parsed flags. */
export function givenByFlags(flags: object, table: OptionTable): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  const parsed = flags as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(table)) {
    const value = parsed[name];
    const schedule = table[name]!.facts.schedule ? parsed[scheduleName(name)] : undefined;
    if (value !== undefined && schedule !== undefined) {
      const flag = flagName(name);
      const message = `${flag} must be left out beside ${flagName(scheduleName(name))}, got ${describe(value)}`;
      throw new MadloopError('ERR_INVALID_INPUT', message);
    }
    if (value !== undefined || schedule !== undefined) given[name] = value ?? schedule;
  }
  return given;
}

/** What a user calls an option that was given by flags as `value`, or its entry ("real[1]"). */
export function flagOf(option: string, byFlags: Readonly<Record<string, unknown>>): string {
  const [, name = option, entry] = /^(\w+)\[(\d+)\]$/.exec(option) ?? [];
  if (!Array.isArray(byFlags[name])) return flagName(name);
  const flag = flagName(scheduleName(name));
  return entry === undefined ? flag : `entry ${Number(entry) + 1} of ${flag}`;
}

/** Gives a command others below it, whose flags are their own: flags of the outer one are refused. */
export function addSubcommands(command: Command, subcommands: readonly Command[]): Command {
  // Else commander would give flags that both know to the outer one, wherever they stand. (The program says so, too.)
  command.enablePositionalOptions();
  for (const subcommand of subcommands) command.addCommand(subcommand);
  return command.hook('preSubcommand', (outer, inner) => {
    const foreign = outer.options.find((flag) => outer.getOptionValueSource(flag.attributeName()) === 'cli');
    if (foreign === undefined) return;
    const message = `${outer.name()} ${inner.name()}: unknown option '${foreign.long}'`;
    throw new MadloopError('ERR_INVALID_INPUT', message);
  });
}
