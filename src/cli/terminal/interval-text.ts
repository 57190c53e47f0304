import { fixedText, rangeEnds } from '../../charts/numbers.js';

/**
 * "18.701 to 18.738": as many decimals as the error leaves meaning, as for `withError`; without an error five digits. More of them where the
 * ends would read the same.
 */
export function intervalText(interval: readonly [number, number], standardError: number): string {
  const decimals = 1 - Math.floor(Math.log10(standardError));
  const isFixed = standardError > 0 && Number.isFinite(standardError) && decimals <= 9;
  const inDigits = (end: number, digits: number) => String(Number(end.toPrecision(digits)));
  const text = (end: number, more: number) =>
    isFixed && Math.abs(end) < 1e12 ? fixedText(end, Math.max(0, decimals) + more) : inDigits(end, 5 + more);
  return rangeEnds(interval, 0, text).join(' to ');
}
