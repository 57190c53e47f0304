import picocolors from 'picocolors';
import { plainText } from '../../base/plain-text.js';
import { usualColumns } from './progress.js';

// picocolors also colours the logs of CI services; a table that is piped somewhere stays plain.
const colours = picocolors.createColors(process.stdout.isTTY === true && picocolors.isColorSupported);

export interface TableOptions {
  /** How many of the first columns say what a row is of: they stand again before every part of a table that is folded. */
  readonly keys?: number;
  /** Whether the first column is aligned on the left: it holds words. */
  readonly words?: boolean;
}

/**
 * A table for reading: a line of names, then the rows, columns aligned on the right. One that is too wide for the screen is set
 * closer, then folded: parts of its columns stand below each other.
 */
export function tableText(
  names: readonly string[],
  rows: readonly (readonly string[])[],
  { keys = 1, words = false }: TableOptions = {},
): string {
  const plain = rows.map((row) => row.map((cell) => plainText(cell)));
  const widths = columnWidths(names, plain);
  const gap = widthOf(widths, usualGap) > screenColumns() ? leastGap : usualGap;
  const parts = folded(widths, keys).map((columns) => {
    const line = (cells: readonly string[]) => {
      const padded = columns.map((j) =>
        words && j === 0 ? cells[j]!.padEnd(widths[j]!) : cells[j]!.padStart(widths[j]!),
      );
      return padded.join(' '.repeat(gap)).trimEnd();
    };
    return [colours.bold(line(names)), ...plain.map(line)].join('\n');
  });
  return parts.join('\n\n');
}

/** The first of the tables that fits the screen without a fold, else the last. */
export function widestTable(
  tables: readonly { readonly names: readonly string[]; readonly rows: readonly (readonly string[])[] }[],
  options?: TableOptions,
): string {
  const fits = tables.find(
    ({ names, rows }) => widthOf(columnWidths(names, rows), leastGap) <= screenColumns(),
  );
  const { names, rows } = fits ?? tables.at(-1)!;
  return tableText(names, rows, options);
}

/** A result for reading: what it is of, its table, and what its readers should know. */
export function resultText(heading: string, table: string, notes: readonly string[]): string {
  const text = notes.length === 0 ? [] : ['', ...notes.map((note) => wrapped(note))];
  return [colours.dim(heading), table, ...text].join('\n');
}

/** Text in lines that fit the screen; further lines are set in. */
export function wrapped(text: string, indent = ''): string {
  const lines: string[] = [];
  for (const word of plainText(text).split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= screenColumns())
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(lines.length === 0 ? word : indent + word);
  }
  return lines.join('\n');
}

const [usualGap, leastGap] = [3, 2];

/** Columns of the terminal; what goes elsewhere looks the same everywhere. */
function screenColumns(): number {
  return (process.stdout.isTTY && process.stdout.columns) || usualColumns;
}

function columnWidths(names: readonly string[], rows: readonly (readonly string[])[]): number[] {
  return names.map((name, j) => Math.max(name.length, ...rows.map((row) => row[j]!.length)));
}

function widthOf(widths: readonly number[], gap: number): number {
  return widths.reduce((sum, width) => sum + width, 0) + gap * (widths.length - 1);
}

/** The columns of each part, the keys among them. */
function folded(widths: readonly number[], keys: number): number[][] {
  const own = Array.from({ length: keys }, (_, j) => j);
  const parts: number[][] = [];
  for (let j = keys; j < widths.length; j += 1) {
    const part = parts.at(-1);
    const more = part && [...part, j];
    if (
      more &&
      widthOf(
        more.map((i) => widths[i]!),
        leastGap,
      ) <= screenColumns()
    )
      part.push(j);
    else parts.push([...own, j]);
  }
  return parts.length === 0 ? [own] : parts;
}
