// A study for other programs: CSV, JSON and Parquet. No clock in it, so that equal results are equal bytes.

import { optionalPackage } from '../../base/optional-package.js';
import { csvText } from '../../files/csv.js';
import type { StudyDocument } from '../definition/study-document.js';
import { type StudyColumn, studyColumns } from '../definition/study-table.js';

/** A line of names, then a line a cell; what a cell has not is empty. */
export function studyCsv(document: StudyDocument): string {
  const columns = studyColumns(document);
  const rows = document.cells.map((_, index) => columns.map(({ values }) => values[index] ?? Number.NaN));
  return csvText(
    columns.map(({ name }) => name),
    rows,
  );
}

/** The study as plain data: without the time its store was made. */
export function studyJson({ provenance, ...study }: StudyDocument): object {
  const { madloop, instructionSet } = provenance;
  return { madloop, instructionSet, command: 'study', ...study };
}

/** The table of the CSV file with its types; the study's description is in the file's metadata. Errors: ERR_MISSING_PACKAGE. */
export async function studyParquet(document: StudyDocument): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await optionalPackage<ParquetWriter>(
    'hyparquet-writer',
    'Parquet files need',
    'npm i hyparquet-writer@0.17.0',
  );
  const { cells, ...description } = studyJson(document) as { cells: unknown };
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: studyColumns(document).map(parquetColumn),
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
