#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { plainText } from '../base/plain-text.js';
import { version } from '../engine/version.js';
import { forCommandLine } from './terminal/error-wording.js';
import { exitCodeOf, exitCodes } from './terminal/exit-codes.js';
import { commanderOutput, lostOutput, printExactly, say, tolerateClosedTerminal } from './terminal/output.js';
import { withFlagHere } from './terminal/written-elsewhere.js';

/** The commands, in the order of the help. Each is loaded where it is asked for: loading all of them takes longer than most take to run. */
const commands: Readonly<Record<string, () => Promise<(signal: AbortSignal) => Command>>> = {
  info: async () => (await import('./commands/info.js')).infoCommand,
  advise: async () => (await import('./commands/advise.js')).adviseCommand,
  loop: async () => (await import('./commands/loop.js')).loopCommand,
  limit: async () => (await import('./commands/limit.js')).limitCommand,
  ess: async () => (await import('./commands/ess.js')).essCommand,
  threshold: async () => (await import('./commands/threshold.js')).thresholdCommand,
  'expected-distance': async () => (await import('./commands/expected-distance.js')).expectedDistanceCommand,
  'mad-test': async () => (await import('./commands/mad-test.js')).madTestCommand,
  'collapse-verdict': async () => (await import('./commands/collapse-verdict.js')).collapseVerdictCommand,
  evaluate: async () => (await import('./commands/evaluate.js')).evaluateCommand,
  features: async () => (await import('./commands/features.js')).featuresCommand,
  stats: async () => (await import('./commands/stats.js')).statsCommand,
  figure: async () => (await import('./commands/figure.js')).figureCommand,
  study: async () => (await import('./commands/study.js')).studyCommand,
  report: async () => (await import('./commands/report.js')).reportCommand,
};

async function main(): Promise<void> {
  tolerateClosedTerminal();
  const interrupt = new AbortController();
  // A second Ctrl-C finds no handler and ends the process at once.
  process.once('SIGINT', () => interrupt.abort(new Error('Ctrl-C')));

  const program = new Command('madloop')
    .description('what happens to generative models trained on data that earlier models made')
    .version(version, '-v, --version')
    // As many programs have it.
    .addOption(new Option('-V').hideHelp())
    .on('option:V', () => {
      printExactly(`${version}\n`);
      throw new CommanderError(exitCodes.done, 'commander.version', version);
    })
    .option('--debug', 'show where errors come from')
    .showSuggestionAfterError()
    .enablePositionalOptions();
  // An option of all commands, wherever it stands.
  const isDebug = (argument: string): boolean => argument === '--debug';
  const given = process.argv.slice(2);
  const debug = given.some(isDebug);
  const args = given.filter((argument) => !isDebug(argument));
  // Help and what is no command take all of them.
  const name = args[0];
  const names = name !== undefined && Object.hasOwn(commands, name) ? [name] : Object.keys(commands);
  for (const command of names) program.addCommand((await commands[command]!())(interrupt.signal));
  // Errors are reported below, once, in one form.
  for (const command of [program, ...program.commands]) {
    command.configureOutput(commanderOutput).exitOverride((error) => {
      throw withUsage(error, command);
    });
    for (const inner of command === program ? [] : command.commands) {
      inner.configureOutput(commanderOutput).exitOverride((error) => {
        error.message = `${command.name()} ${inner.name()}: ${error.message.replace(/^error: /, '')}`;
        throw withUsage(error, inner);
      });
    }
  }
  const flags = [...program.commands, ...program.commands.flatMap(({ commands }) => commands)].flatMap(
    ({ options }) => options.flatMap(({ long }) => long ?? []),
  );
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = report(error, flags, debug);
  }
  const lost = lostOutput();
  if (lost !== undefined) process.exitCode = report(lost, flags, debug);
}

const stopped: ReadonlyMap<number, string> = new Map([
  [exitCodes.interrupted, 'interrupted'],
  [exitCodes.resumable, 'stopped by SIGTERM'],
]);

/** Where arguments are missing or too many, those that there are. */
function withUsage(error: CommanderError, command: Command): CommanderError {
  if (/^commander\.(?:missing|excess)Arguments?$/.test(error.code))
    error.message += `\nusage: ${command.createHelp().commandUsage(command)}`;
  return error;
}

/** Says what went wrong on standard error and returns the exit status. */
function report(error: unknown, flags: readonly string[], debug: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.done; // --help, --version
    if (error.code !== 'commander.help')
      say(`madloop: ${plainText(withFlagHere(error.message.replace(/^error: /, ''), flags), '\n')}`);
    return exitCodes.wrongInput;
  }
  const exitCode = exitCodeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  say(`madloop: ${stopped.get(exitCode) ?? plainText(forCommandLine(message, flags), '\n')}`);
  if (debug && error instanceof Error) say(error.stack ?? '');
  return exitCode;
}

void main();
