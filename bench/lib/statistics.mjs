/** The middle value, or the mean of the two middle ones. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * What is kept of a series of timings. The median absolute deviation (MAD) is the spread that one interrupted round
 * cannot blow up.
 */
export function summarise(values) {
  const middle = median(values);
  return {
    median: middle,
    minimum: Math.min(...values),
    mad: median(values.map((value) => Math.abs(value - middle))),
    values,
  };
}
