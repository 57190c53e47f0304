// Studies, as `madloop/studies` and from the package's face. The engine of studies and its store are loaded by the first call.

import type { AnyStudyDefinition, AnyStudyDocument } from './definition/any-study.js';
import type { LoopStudyDefinition } from './definition/loop-study.js';
import type { LoopStudyDocument } from './definition/loop-study-document.js';
import type { StudyDocument } from './definition/study-document.js';
import { kindOf } from './definition/study-options.js';
import type { StudyDefinition } from './definition/study-plan.js';
import type { StudyExplanation } from './run/explain-study.js';
import type { RunStudyOptions } from './run/run-in-store.js';

export type { AnyStudyDefinition, AnyStudyDocument } from './definition/any-study.js';
export type { AxisValues } from './definition/axis-values.js';
export type { LoopAxis } from './definition/loop-cell.js';
export type { LoopAxisValues, LoopStudyDefinition } from './definition/loop-study.js';
export type {
  LoopAxisValue,
  LoopCellMetric,
  LoopCellResult,
  LoopPlace,
  LoopStudyCell,
  LoopStudyDocument,
  ShownSamples,
} from './definition/loop-study-document.js';
export type {
  StudyAxis,
  StudyCell,
  StudyCellParameters,
  StudyCellResult,
  StudyDocument,
} from './definition/study-document.js';
export type { StudyDefinition } from './definition/study-plan.js';
export type { StudyExplanation } from './run/explain-study.js';
export type { RunStudyOptions } from './run/run-in-store.js';
export type { StudyProgress } from './run/study-progress.js';

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
 * console.log(study.cells[0]?.result?.ratio); // n_e / n_r
 */
export function runStudy(definition: StudyDefinition, options?: RunStudyOptions): Promise<StudyDocument>;
export function runStudy(
  definition: LoopStudyDefinition,
  options?: RunStudyOptions,
): Promise<LoopStudyDocument>;
export function runStudy(definition: AnyStudyDefinition, options?: RunStudyOptions): Promise<AnyStudyDocument>;
export async function runStudy(
  definition: AnyStudyDefinition,
  options: RunStudyOptions = {},
): Promise<AnyStudyDocument> {
  if (kindOf('runStudy', definition) === 'loop') {
    const [{ nativeLoopEngine }, { runLoopStudyWith }] = await Promise.all([
      import('./run/native-loop-engine.js'),
      import('./run/loop-run.js'),
    ]);
    return runLoopStudyWith('runStudy', nativeLoopEngine(), definition as LoopStudyDefinition, options);
  }
  const [{ nativeEngine }, { runStudyWith }] = await Promise.all([
    import('./run/native-engine.js'),
    import('./run/study-run.js'),
  ]);
  return runStudyWith('runStudy', nativeEngine(), definition as StudyDefinition, options);
}

/**
 * What a study will take, before it is run: its cells, and by a model of each kind of cell the time on one core and the size of its
 * store when it is finished. Files of data that it names are read. Rejects with ERR_INVALID_INPUT, ERR_FILE.
 *
 * @example
 * const { cells, seconds } = await explainStudy({ dim: 100, real: '100:1000:20:log', synthetic: '100:10000:20:log' });
 */
export async function explainStudy(definition: AnyStudyDefinition): Promise<StudyExplanation> {
  const { explainStudyOf } = await import('./run/explain-study.js');
  return explainStudyOf('explainStudy', definition);
}

/**
 * A study as its store holds it now, finished or not; it may be read while it runs. The file is opened for reading alone. Its `kind` tells
 * studies of loops from those of limit points, which the type is of unless another is asked for: `readStudy<AnyStudyDocument>(path)`.
 * Rejects with ERR_INVALID_INPUT for a path that is none, ERR_STORE (no store of a study, damaged, newer), ERR_MISSING_PACKAGE.
 *
 * @example
 * const { cells } = await readStudy('figure-11.sqlite');
 */
export async function readStudy<Document extends AnyStudyDocument = StudyDocument>(
  path: string,
): Promise<Document> {
  const { storedStudy } = await import('./store-process/stores.js');
  return storedStudy('readStudy', path) as Promise<Document>;
}
