import { readFileSync, writeFileSync } from 'node:fs';

/** Three significant digits, without an exponent. */
export function number(value) {
  if (value >= 1000) return Math.round(Number(value.toPrecision(3))).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

/** Seconds in the unit that reads best. */
export function duration(seconds) {
  if (seconds >= 1) return `${number(seconds)} s`;
  if (seconds >= 1e-3) return `${number(seconds * 1e3)} ms`;
  return `${number(seconds * 1e6)} µs`;
}

/** "median (minimum, MAD)" of a summary in seconds. */
export function timing(summary) {
  return `${duration(summary.median)} (${duration(summary.minimum)}, ±${duration(summary.mad)})`;
}

/** A table of one benchmark, with its notes and the reasons to distrust it. */
export function markdown({ columns, rows, notes = [], noisy = [] }) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const text = [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
  const remarks = [...notes, ...noisy.map((reason) => `**Noisy:** ${reason}.`)];
  return [text, ...remarks].join('\n\n');
}

/** Replaces what stands between the markers <!-- bench:NAME --> and <!-- /bench:NAME --> of a file. */
export function writeSections(path, sections) {
  let text = readFileSync(path, 'utf8');
  for (const [name, content] of Object.entries(sections)) {
    const opening = `<!-- bench:${name} -->`;
    const closing = `<!-- /bench:${name} -->`;
    const begin = text.indexOf(opening);
    const end = text.indexOf(closing, begin);
    if (begin < 0 || end < 0) throw new Error(`${path} has no section ${opening} ... ${closing}`);
    text = `${text.slice(0, begin + opening.length)}\n${content}\n${text.slice(end)}`;
  }
  writeFileSync(path, text);
}
