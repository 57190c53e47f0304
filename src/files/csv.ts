// Comma-separated values (RFC 4180).

import { plainText } from '../base/plain-text.js';

export type CsvValue = number | string | bigint;

/**
 * A table as CSV text: a line of names, then one line a row, with CRLF replaced by the plain newline that every
 * reader takes. Numbers are written in the shortest form that reads back as the same float64; NaN is an empty field. Text that
 * a spreadsheet would take for a formula begins with an apostrophe.
 */
export function csvText(names: readonly string[], rows: Iterable<readonly CsvValue[]>): string {
  const lines = [names.map(field).join(',')];
  for (const row of rows) {
    if (row.length !== names.length)
      throw new RangeError(`${row.length} values for ${names.length} columns, please report`);
    lines.push(row.map(field).join(','));
  }
  return `${lines.join('\n')}\n`;
}

function field(value: CsvValue): string {
  if (typeof value === 'number') return Number.isNaN(value) ? '' : String(value);
  const text = typeof value === 'string' ? harmless(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function harmless(text: string): string {
  const plain = plainText(text, '\n\t');
  return /^[=+\-@\t]/.test(plain) ? `'${plain}` : plain;
}
