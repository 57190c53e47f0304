// What figures made from studies share: a figure is one or more studies, each in a store of its own, drawn together.

import { join } from 'node:path';
import type { Chart } from '../../charts/chart.js';
import type { StudyDocument } from '../../studies/definition/study-document.js';
import type { StudyDefinition } from '../../studies/definition/study-plan.js';
import type { RunStudyOptions } from '../../studies/run/run-in-store.js';
import { studyCsv } from '../../studies/store/export-study.js';

export interface StudyFigure {
  /** As the paper numbers it. */
  readonly number: string;
  /** With the paper's parameters. A study's name is that of its store. */
  readonly studies: readonly (StudyDefinition & { readonly name: string; readonly title: string })[];
  readonly chart: (studies: readonly StudyDocument[]) => Chart;
  /** What is printed. */
  readonly table: (studies: readonly StudyDocument[]) => string;
}

/** `runStudy`, or what a test has in its place. */
export type RunStudy = (definition: StudyDefinition, options: RunStudyOptions) => Promise<StudyDocument>;

/** Where a figure's stores lie, one for each of its studies. */
export function figureStores({ studies }: StudyFigure, folder: string): string[] {
  return studies.map(({ name }) => join(folder, `${name}.sqlite`));
}

/** Runs the studies of a figure one after the other, or takes them up where they were stopped. */
export async function computeStudyFigure(
  figure: StudyFigure,
  given: { readonly relativeError: number; readonly seed: bigint },
  folder: string,
  run: RunStudy,
  options: Omit<RunStudyOptions, 'store'>,
): Promise<StudyDocument[]> {
  const stores = figureStores(figure, folder);
  const documents: StudyDocument[] = [];
  for (const [i, study] of figure.studies.entries()) {
    // A figure is one whole: the parts of a study that a scheduler's variables speak of are not meant.
    const whole = { shards: 1, shard: 0 };
    documents.push(await run({ ...study, ...given }, { ...options, ...whole, store: stores[i] }));
  }
  return documents;
}

/** The figure's data for programs. */
export function studyFigureDocument(
  { number }: StudyFigure,
  studies: readonly StudyDocument[],
  engine: { readonly version: string; readonly variant: string },
): object {
  return {
    madloop: engine.version,
    instructionSet: engine.variant,
    command: `figure ${number}`,
    // The clock is left out: equal results are equal bytes.
    studies: studies.map(({ provenance, ...study }) => study),
  };
}

/** All cells of the figure in one table. */
export function studyFigureCsv(studies: readonly StudyDocument[]): string {
  return studyCsv({ ...studies[0]!, cells: studies.flatMap(({ cells }) => cells) });
}
