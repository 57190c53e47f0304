/** "18.701 to 18.738": as many decimals as the error leaves meaning, as for `withError`; without an error five digits. */
export function intervalText([low, high]: readonly [number, number], standardError: number): string {
  const decimals = 1 - Math.floor(Math.log10(standardError));
  const isFixed = standardError > 0 && Number.isFinite(standardError) && decimals <= 9;
  const text = (end: number) =>
    isFixed && Math.abs(end) < 1e12
      ? end.toFixed(Math.max(0, decimals)).replace(/^-(?=[0.]*$)/, '')
      : String(Number(end.toPrecision(5)));
  return `${text(low)} to ${text(high)}`;
}
