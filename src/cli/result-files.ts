import { join } from 'node:path';
import type { Specification } from '../charts/chart-style.js';
import { renderPng, renderSvg } from '../charts/render.js';
import { MadloopError } from '../errors.js';
import { writeFileAtomically } from '../files/atomic-write.js';
import { jsonText } from './output.js';

export interface ResultFiles {
  /** Name of the files, without extension. */
  readonly name: string;
  readonly document: object;
  readonly csv: string;
  /** Absent: no chart is wanted. */
  readonly chart?: Specification;
}

/**
 * Writes NAME.json, NAME.csv and, where there is a chart, NAME.svg and NAME.png into `folder`, and returns their paths.
 * Numbers come first: a chart that cannot be drawn loses none.
 */
export async function writeResultFiles(
  folder: string,
  files: ResultFiles,
  signal: AbortSignal,
): Promise<string[]> {
  const written: string[] = [];
  const write = async (extension: string, content: string | Uint8Array): Promise<void> => {
    if (signal.aborted) throw new MadloopError('ERR_ABORTED', 'interrupted', { cause: signal.reason });
    const path = join(folder, `${files.name}.${extension}`);
    await writeFileAtomically(path, typeof content === 'string' ? content : [content]);
    written.push(path);
  };
  await write('json', `${jsonText(files.document)}\n`);
  await write('csv', files.csv);
  if (files.chart !== undefined) {
    const svg = await renderSvg(files.chart);
    await write('svg', `${svg}\n`);
    await write('png', await renderPng(svg));
  }
  return written;
}
