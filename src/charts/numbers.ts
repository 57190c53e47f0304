// Numbers for reading. The report's page has some of these functions as text: they see nothing but each other.

/** A number with at most `digits` significant digits, those before the point never rounded away, thousands set apart ("10,000"); below 1e-4 and from 1e7 on as powers ("2e+9"). */
export function numberText(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return Number(value.toPrecision(digits)).toExponential();
  return Number(value.toPrecision(Math.max(digits, Math.ceil(Math.log10(size + 1))))).toLocaleString('en-US', {
    maximumFractionDigits: 10,
  });
}

/** With so many decimals, and without the minus sign of what rounds to zero ("-0.00"). */
export function fixedText(value: number, decimals: number): string {
  return value.toFixed(decimals).replace(/^-(?=[0.]*$)/, '');
}

/** "12.294 ± 0.013": as many digits as the standard error leaves meaning, with two of its own (or `digits`); without an error seven. */
export function withError(mean: number, standardError: number, digits = 2): string {
  const plain = Number.isFinite(mean) ? String(Number(mean.toPrecision(7))) : String(mean);
  if (!(standardError > 0) || !Number.isFinite(standardError)) return plain;
  const decimals = digits - 1 - Math.floor(Math.log10(standardError));
  // Beyond these, fixed notation is either all zeros or all digits.
  if (decimals > 9 || Math.abs(mean) >= 1e12) return `${plain} ± ${standardError.toExponential(digits - 1)}`;
  const places = Math.max(0, decimals);
  return `${fixedText(mean, places)} ± ${fixedText(standardError, places)}`;
}

/**
 * A sampling bias in so many digits that the number shown gives the answers of the number itself: six decimals of lambda and of the bias
 * 1 - lambda, whichever is less ("0.666667", "0.99990001").
 */
export function lambdaText(lambda: number): string {
  const least = Math.min(lambda, 1 - lambda);
  if (least <= 0) return String(lambda);
  return String(Number(lambda.toFixed(Math.min(5 - Math.floor(Math.log10(least)), 100))));
}

/** "10, 20, …, 80" */
export function shownList(list: readonly unknown[]): string {
  const some = list.length > 4 ? [...list.slice(0, 2), '…', list.at(-1)] : list;
  return some.join(', ');
}

/** The ends of a range for reading, each by `text` with so many digits, or with more, as many as tell them apart. */
export function rangeEnds(
  [low, high]: readonly [number, number],
  digits: number,
  text: (end: number, digits: number) => string,
): [low: string, high: string] {
  // More than these tell nothing apart.
  for (let more = digits; ; more += 1) {
    const ends: [string, string] = [text(low, more), text(high, more)];
    if (ends[0] !== ends[1] || low === high || more >= 15) return ends;
  }
}
