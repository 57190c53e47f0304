import picocolors from 'picocolors';
import { plainText } from '../../base/plain-text.js';

// picocolors also colours the logs of CI services; a table that is piped somewhere stays plain.
const colours = picocolors.createColors(process.stdout.isTTY === true && picocolors.isColorSupported);

/** A table for reading: a line of names, then the rows, columns aligned on the right. */
export function tableText(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const plain = rows.map((row) => row.map((cell) => plainText(cell)));
  const widths = names.map((name, j) => Math.max(name.length, ...plain.map((row) => row[j]!.length)));
  const line = (cells: readonly string[]) => cells.map((cell, j) => cell.padStart(widths[j]!)).join('   ');
  return [colours.bold(line(names)), ...plain.map(line)].join('\n');
}
