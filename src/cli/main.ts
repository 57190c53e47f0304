#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { plainText } from '../base/plain-text.js';
import { version } from '../engine/version.js';
import { adviseCommand } from './commands/advise.js';
import { essCommand } from './commands/ess.js';
import { evaluateCommand } from './commands/evaluate.js';
import { expectedDistanceCommand } from './commands/expected-distance.js';
import { featuresCommand } from './commands/features.js';
import { figureCommand } from './commands/figure.js';
import { infoCommand } from './commands/info.js';
import { limitCommand } from './commands/limit.js';
import { loopCommand } from './commands/loop.js';
import { madTestCommand } from './commands/mad-test.js';
import { reportCommand } from './commands/report.js';
import { statsCommand } from './commands/stats.js';
import { studyCommand } from './commands/study.js';
import { thresholdCommand } from './commands/threshold.js';
import { forCommandLine } from './terminal/error-wording.js';
import { exitCodeOf, exitCodes } from './terminal/exit-codes.js';
import { commanderOutput, lostOutput, printExactly, say, tolerateClosedTerminal } from './terminal/output.js';

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
  const { signal } = interrupt;
  const commands = [
    infoCommand(),
    adviseCommand(signal),
    loopCommand(signal),
    limitCommand(signal),
    essCommand(signal),
    thresholdCommand(signal),
    expectedDistanceCommand(signal),
    madTestCommand(signal),
    evaluateCommand(signal),
    featuresCommand(signal),
    statsCommand(signal),
    figureCommand(signal),
    studyCommand(signal),
    reportCommand(),
  ];
  for (const command of commands) {
    program.addCommand(command);
  }
  // Errors are reported below, once, in one form.
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput(commanderOutput);
    for (const inner of command === program ? [] : command.commands) {
      inner.configureOutput(commanderOutput).exitOverride((error) => {
        error.message = `${command.name()} ${inner.name()}: ${error.message.replace(/^error: /, '')}`;
        throw error;
      });
    }
  }
  // An option of all commands, wherever it stands.
  const isDebug = (argument: string): boolean => argument === '--debug';
  const args = process.argv.slice(2);
  const debug = args.some(isDebug);
  try {
    await program.parseAsync(
      args.filter((argument) => !isDebug(argument)),
      { from: 'user' },
    );
  } catch (error) {
    process.exitCode = report(error, debug);
  }
  const lost = lostOutput();
  if (lost !== undefined) process.exitCode = report(lost, debug);
}

const stopped: ReadonlyMap<number, string> = new Map([
  [exitCodes.interrupted, 'interrupted'],
  [exitCodes.resumable, 'stopped by SIGTERM'],
]);

/** Says what went wrong on standard error and returns the exit status. */
function report(error: unknown, debug: boolean): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.done; // --help, --version
    if (error.code !== 'commander.help')
      say(`madloop: ${plainText(error.message.replace(/^error: /, ''), '\n')}`);
    return exitCodes.wrongInput;
  }
  const exitCode = exitCodeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  say(`madloop: ${stopped.get(exitCode) ?? plainText(forCommandLine(message), '\n')}`);
  if (debug && error instanceof Error) say(error.stack ?? '');
  return exitCode;
}

void main();
