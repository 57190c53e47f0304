import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { MadloopError } from '../../base/errors.js';
import type { Chart } from '../../charts/chart.js';
import { tryWriting, writeFileAtomically } from '../../files/atomic-write.js';
import { jsonText } from './output.js';

export interface ResultFiles {
  /** Name of the files, without extension. */
  readonly name: string;
  readonly document: object;
  readonly csv: string;
  /** Absent: no chart is wanted. */
  readonly chart?: Chart;
  /** Sample images. */
  readonly sheet?: Chart;
}

const endings = ['.json', '.csv', '.svg', '.png'];

/** Whether a folder has any result of this name. */
export async function hasResultFiles(folder: string, name: string): Promise<boolean> {
  const found = await Promise.all(
    endings.map((ending) =>
      access(join(folder, `${name}${ending}`)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/** Rejects, before anything is computed, where the files of this name could not be written into `folder`. Errors: ERR_FILE. */
export async function tryResultFiles(folder: string, name: string): Promise<void> {
  for (const ending of endings) await tryWriting(join(folder, `${name}${ending}`));
}

/**
 * Writes NAME.json, NAME.csv and, where there is a chart, NAME.svg and NAME.png into `folder`, and returns their paths.
 * A sheet of samples goes to NAME-samples.svg and NAME-samples.png.
 * Numbers come first: a chart that cannot be drawn loses none.
 */
export async function writeResultFiles(
  folder: string,
  files: ResultFiles,
  signal: AbortSignal,
): Promise<string[]> {
  const written: string[] = [];
  const write = async (ending: string, content: string | Uint8Array): Promise<void> => {
    if (signal.aborted) throw new MadloopError('ERR_ABORTED', 'interrupted', { cause: signal.reason });
    const path = join(folder, `${files.name}${ending}`);
    await writeFileAtomically(path, typeof content === 'string' ? content : [content]);
    written.push(path);
  };
  const writePicture = async (name: string, chart: Chart): Promise<void> => {
    await write(`${name}.svg`, `${chart.svg}\n`);
    await write(`${name}.png`, await chart.png());
  };
  await write('.json', `${jsonText(files.document)}\n`);
  await write('.csv', files.csv);
  const { chart, sheet } = files;
  if (chart !== undefined) await writePicture('', chart);
  if (sheet !== undefined) await writePicture('-samples', sheet);
  return written;
}
