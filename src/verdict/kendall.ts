import { turn } from '../base/abortable.js';

// Elements merged before the event loop gets a turn: 1 to 2 ms.
const elementsPerTurn = 2 ** 17;

/**
 * Kendall's tau (a) of a series with its order: of all pairs, the share that rises minus the share that falls. 1 for a series
 * that rises all the time. Pairs of equal values count for neither. n log n comparisons, by merge sort (Knight 1966).
 */
export async function kendallTau(series: Float64Array): Promise<number> {
  const { length } = series;
  let from = series.slice();
  let to = new Float64Array(length);
  let falling = 0;
  let merged = 0;
  for (let width = 1; width < length; width *= 2) {
    for (let begin = 0; begin < length; begin += 2 * width) {
      const middle = Math.min(begin + width, length);
      const end = Math.min(begin + 2 * width, length);
      falling += mergeCounting(from, to, begin, middle, end);
      merged += end - begin;
      if (merged >= elementsPerTurn) {
        merged = 0;
        await turn();
      }
    }
    [from, to] = [to, from];
  }
  const pairs = (length * (length - 1)) / 2;
  return (pairs - equalPairs(from) - 2 * falling) / pairs;
}

/** Merges two sorted neighbours into `to`; the pairs of a value in the first and a smaller one in the second. */
function mergeCounting(
  from: Float64Array,
  to: Float64Array,
  begin: number,
  middle: number,
  end: number,
): number {
  let falling = 0;
  let [left, right] = [begin, middle];
  for (let i = begin; i < end; i += 1) {
    if (left < middle && (right === end || from[left]! <= from[right]!)) {
      to[i] = from[left]!;
      left += 1;
    } else {
      to[i] = from[right]!;
      right += 1;
      falling += middle - left;
    }
  }
  return falling;
}

/** Pairs of equal values in a sorted series. */
function equalPairs(sorted: Float64Array): number {
  let pairs = 0;
  let equalsBefore = 0;
  for (let i = 1; i < sorted.length; i += 1) {
    equalsBefore = sorted[i] === sorted[i - 1] ? equalsBefore + 1 : 0;
    pairs += equalsBefore;
  }
  return pairs;
}
