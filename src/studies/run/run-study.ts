import type { StudyDocument } from '../definition/study-document.js';
import type { StudyDefinition } from '../definition/study-plan.js';
import { nativeEngine } from './native-engine.js';
import { type RunStudyOptions, runStudyWith } from './study-run.js';

/**
 * Estimates the limit point and the effective sample size of every cell of a grid or list into a store, or goes on with what
 * is in the store already: after a stop, a crash or a kill at any moment the same call resumes. Results depend on
 * the cells' parameters and the seed alone, to the last bit, whatever the threads, the shards and the interruptions.
 *
 * Resolves to the study as its store then holds it; a cell whose distance has no finite variance has an `error` in the place
 * of a result. Rejects with ERR_INVALID_INPUT, ERR_STORE (the file is no store, damaged, newer, of another study or engine, in
 * use, or cannot be written), ERR_ABORTED, ERR_MISSING_PACKAGE, ERR_OUT_OF_MEMORY; what is finished is then in the store.
 *
 * @example
 * const study = await runStudy(
 *   { dim: 100, real: '100:1000:20:log', synthetic: '100:10000:20:log', lambda: [0.7, 0.85, 1] },
 *   { store: 'figure-11.sqlite' },
 * );
 * console.log(study.cells[0].result.ratio); // n_e / n_r
 */
export async function runStudy(
  definition: StudyDefinition,
  options: RunStudyOptions = {},
): Promise<StudyDocument> {
  return runStudyWith('runStudy', nativeEngine(), definition, options);
}
