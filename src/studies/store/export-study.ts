// A study for other programs: CSV, JSON and Parquet. No clock in it, so that equal results are equal bytes.

import { optionalPackage } from '../../base/optional-package.js';
import { csvText } from '../../files/csv.js';
import type { AnyStudyDocument } from '../definition/any-study.js';
import type { LoopCellResult, LoopStudyDocument } from '../definition/loop-study-document.js';
import { type LoopRows, loopColumns } from '../definition/loop-study-table.js';
import type { StudyDocument } from '../definition/study-document.js';
import { type StudyColumn, studyColumns } from '../definition/study-table.js';

/** A study as a table: a row a cell, or of loops what `rows` says. */
export function studyTableOf(study: AnyStudyDocument, rows: LoopRows = 'replicates'): StudyColumn[] {
  return study.kind === 'loop' ? loopColumns(study, rows) : studyColumns(study);
}

/** The table of a study of limit points: `columnsCsv` of its cells. */
export function studyCsv(study: StudyDocument): string {
  return columnsCsv(studyColumns(study));
}

/** A line of names, then a line a row; what a row has not is empty. */
export function columnsCsv(columns: readonly StudyColumn[]): string {
  const rows = (columns[0]?.values ?? []).map((_, index) =>
    columns.map(({ values }) => values[index] ?? Number.NaN),
  );
  return csvText(
    columns.map(({ name }) => name),
    rows,
  );
}

/** The study as plain data: without the time its store was made. */
export function studyJson({ provenance, ...study }: AnyStudyDocument): object {
  const { madloop, instructionSet } = provenance;
  return {
    madloop,
    instructionSet,
    command: 'study',
    ...(study.kind === 'loop' ? withPlainArrays(study) : study),
  };
}

/** JSON would have typed arrays as objects. */
function withPlainArrays({ cells, ...study }: Omit<LoopStudyDocument, 'provenance'>): object {
  const plain = cells.map(({ result, ...cell }) => ({
    ...cell,
    result: result && {
      ...withoutShown(result),
      metrics: Object.fromEntries(
        Object.entries(result.metrics).map(([name, metric]) => [
          name,
          { ...metric, replicates: metric.replicates.map((run) => Array.from(run)) },
        ]),
      ),
    },
  }));
  return { ...study, cells: plain };
}

/** Samples are for looking at. */
function withoutShown({ shown: _, ...result }: LoopCellResult): Omit<LoopCellResult, 'shown'> {
  return result;
}

/** A table with its types; the study's description is in the file's metadata. Errors: ERR_MISSING_PACKAGE. */
export async function studyParquet(
  study: AnyStudyDocument,
  columns: readonly StudyColumn[],
): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await optionalPackage<ParquetWriter>(
    'hyparquet-writer',
    'Parquet files need',
    'npm i hyparquet-writer@0.17.0',
  );
  const { cells, ...description } = studyJson({ ...study, cells: [] }) as { cells: unknown };
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: columns.map(parquetColumn),
      kvMetadata: [{ key: 'madloop', value: JSON.stringify(description) }],
    }),
  );
}

function parquetColumn({ name, type, values }: StudyColumn): object {
  const data = type === 'INT64' ? values.map((value) => (value === null ? null : BigInt(value))) : values;
  return { name, data, type, nullable: true };
}

// What is used of hyparquet-writer.
interface ParquetWriter {
  parquetWriteBuffer(options: {
    columnData: readonly object[];
    kvMetadata: readonly { key: string; value: string }[];
  }): ArrayBuffer;
}
