import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../files/atomic-write.js';
import { LoopError } from '../../loops/replicated-loop.js';
import { jsonText, say } from '../terminal/output.js';
import { loopDocument } from './loop-result.js';

const unfinished = (folder: string): string => join(folder, 'loop-unfinished.json');

/** Removes what `keepUnfinished` wrote of a run that has come to its end now. */
export async function removeUnfinished(folder: string): Promise<void> {
  await rm(unfinished(folder), { force: true });
}

/**
 * Writes the generations that were finished before a loop failed to loop-unfinished.json in `folder`, with the parameters
 * as they were given and, for each generation, how many replicates had finished it. Of an interrupted loop nothing is kept.
 */
export async function keepUnfinished(
  error: unknown,
  parameters: Readonly<Record<string, unknown>>,
  folder: string | undefined,
  madeBy: { version: string; variant: string },
): Promise<void> {
  if (!(error instanceof LoopError) || error.code === 'ERR_ABORTED' || folder === undefined) return;
  const { generations, message } = error;
  if (generations.length === 0) return;
  const rows = generations.map(({ t, metrics }) => ({ t, metrics }));
  const document = {
    ...loopDocument({ parameters, rows }, madeBy),
    error: message,
    finishedReplicates: generations.map(({ replicates }) => replicates),
  };
  const path = unfinished(folder);
  await writeFileAtomically(path, `${jsonText(document)}\n`);
  say(`kept what was finished: generations 1 to ${generations.length} in ${path}`);
}
