import { Command } from 'commander';
import { MadloopError } from '../../base/errors.js';
import { info } from '../../engine/info.js';
import { extractFeatures } from '../../extraction/extract-features.js';
import { extractionOptions } from '../../extraction/options.js';
import { writerOfPartial } from '../../extraction/partial-features.js';
import { StoreLock } from '../../studies/store/store-lock.js';
import { checkOutput } from '../terminal/check-output.js';
import { addFlags, givenByFlags } from '../terminal/flags.js';
import { namesOf } from '../terminal/given-parameters.js';
import { stopOnTerm } from '../terminal/interrupts.js';
import { print, printJson, say } from '../terminal/output.js';
import { withProgressBar } from '../terminal/progress.js';
import { readInput } from '../terminal/read-input.js';
import { threadsOption } from '../terminal/run-options.js';
import { tableText } from '../terminal/table.js';

interface Flags {
  readonly output: string;
  readonly json?: true;
  readonly threads?: number;
}

export function featuresCommand(signal: AbortSignal): Command {
  const command = new Command('features')
    .description('what a network makes of the images in a folder: a .npy file that evaluate compares')
    .argument('<folder>', 'images, also those in folders below it')
    .requiredOption('-o, --output <file.npy>', 'where the features go; a file of this name is replaced')
    .addHelpText(
      'after',
      '\nExample:\n  madloop features photos --onnx inception.onnx --size 299 --range 0,255 -o real.npy' +
        '\nThe network is yours; docs/features.md says how to export one. An interrupted run goes on with the same command.',
    );
  addFlags(command, extractionOptions);
  return command
    .option('--json', 'print one JSON document instead of a table')
    .addOption(threadsOption())
    .action((folder: string, flags: Flags) => runFeatures(folder, flags, signal));
}

async function runFeatures(folder: string, flags: Flags, interrupt: AbortSignal): Promise<void> {
  const { output, threads, json } = flags;
  const given = givenByFlags(flags, extractionOptions);
  const inputs = typeof given.onnx === 'string' ? [given.onnx] : [];
  await checkOutput('features', output, { inputs, ending: /\.npy$/i, inWords: '.npy' });
  const flagOf = namesOf(extractionOptions, given);
  const nameOf = (argument: string) => (argument === 'folder' ? folder : flagOf(argument));
  const lock = await lockOutput(output);
  const { signal, done } = stopOnTerm(interrupt);
  try {
    const extracted = await withProgressBar('features', (onProgress) =>
      readInput(
        extractFeatures(folder, output, given, {
          threads,
          signal,
          onProgress,
          onBegin({ images, others, resumed }) {
            const files = images.length + others.length;
            if (others.length > 0)
              say(`madloop: ${others.length} of ${files} files left out: their names are not those of images`);
            if (resumed > 0) say(`madloop: goes on behind ${resumed} of ${images.length} images`);
          },
        }),
        nameOf,
      ),
    );
    const { images, cols, extractor } = extracted;
    if (json) {
      const { version } = info();
      const made = { madloop: version, command: 'features', folder, output, rows: images.length, cols };
      printJson({ ...made, extractor, images });
    } else {
      print(tableText(['images', 'features', 'extractor'], [[String(images.length), String(cols), extractor]]));
    }
    say(`wrote ${output}`);
  } catch (error) {
    if (error instanceof MadloopError && error.code === 'ERR_ABORTED') {
      say('madloop: the same command goes on where this one stopped');
    }
    throw error;
  } finally {
    done();
    lock.release();
  }
}

/** Two runs would write their rows into one file. Errors: ERR_STORE, which says who has it. */
async function lockOutput(output: string): Promise<StoreLock> {
  const lock = await StoreLock.take('features', `${output}.partial`);
  if (lock !== undefined) return lock;
  const writer = await writerOfPartial(output);
  const message = `features: ${output}: another run is writing this output${writer}; wait for it, or give another --output`;
  throw new MadloopError('ERR_STORE', message);
}
