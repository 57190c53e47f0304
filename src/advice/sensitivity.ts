// The two inputs that nobody knows: the dimension that stands for the data, and the sampling bias.

/** Dimensions from a quarter of it to four times it, in 2 `steps` steps to each side of constant ratio. */
export function nearbyDims(dim: number, steps: number): number[] {
  const dims = Array.from({ length: 2 * steps + 1 }, (_, i) => Math.round(dim * 4 ** ((i - steps) / steps)));
  return [...new Set(dims.filter((nearby) => nearby >= 1))];
}

/**
 * Lambdas from twice the bias 1 - lambda, or 0, to none, the given one among them in the middle; where there is no bias, down to 0.8.
 */
export function nearbyLambdas(lambda: number, steps: number): number[] {
  const bias = 1 - lambda;
  const most = bias === 0 ? 0.2 : Math.min(1, 2 * bias);
  const biases =
    bias === 0
      ? Array.from({ length: 2 * steps + 1 }, (_, i) => (most * i) / (2 * steps))
      : Array.from({ length: 2 * steps + 1 }, (_, i) =>
          i <= steps ? (bias * i) / steps : bias + ((most - bias) * (i - steps)) / steps,
        );
  const lambdas = biases.map((one, i) =>
    bias > 0 && i === steps ? lambda : Number((1 - one).toPrecision(12)),
  );
  return [...new Set(lambdas)].reverse();
}
