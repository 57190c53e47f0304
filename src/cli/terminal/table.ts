import picocolors from 'picocolors';

// picocolors also colours the logs of CI services; a table that is piped somewhere stays plain.
const colours = picocolors.createColors(process.stdout.isTTY === true && picocolors.isColorSupported);

/** A table for reading: a line of names, then the rows, columns aligned on the right. */
export function tableText(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = names.map((name, j) => Math.max(name.length, ...rows.map((row) => row[j]!.length)));
  const line = (cells: readonly string[]) => cells.map((cell, j) => cell.padStart(widths[j]!)).join('   ');
  return [colours.bold(line(names)), ...rows.map(line)].join('\n');
}

/** "12.294 ± 0.013": as many digits as the standard error leaves meaning, with two of its own. */
export function withError(mean: number, standardError: number): string {
  if (!(standardError > 0) || !Number.isFinite(standardError)) return plain(mean);
  const decimals = 1 - Math.floor(Math.log10(standardError));
  // Beyond these, fixed notation is either all zeros or all digits.
  if (decimals > 9 || Math.abs(mean) >= 1e12) return `${plain(mean)} ± ${standardError.toExponential(1)}`;
  const places = Math.max(0, decimals);
  return `${mean.toFixed(places)} ± ${standardError.toFixed(places)}`;
}

function plain(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(7))) : String(value);
}
