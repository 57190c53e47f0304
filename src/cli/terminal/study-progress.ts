import type { StudyProgress } from '../../studies/run/study-progress.js';
import { type Part, ProgressDisplay } from './progress.js';

/** Shows on standard error how a study comes along. */
export function studyProgress(title: string): { update: (progress: StudyProgress) => void; stop: () => void } {
  const display = new ProgressDisplay(title);
  return { update: (progress) => display.update(studyPart(progress)), stop: display.stop };
}

/** Of a study not the cells are the work: they differ in it. */
export function studyPart({ done, total, fraction, relativeError, secondsLeft }: StudyProgress): Part {
  const reached = relativeError === null ? '' : `, error ${Number((100 * relativeError).toPrecision(2))} %`;
  return { done: fraction, total: 1, details: `${done} of ${total} cells${reached}`, secondsLeft };
}
