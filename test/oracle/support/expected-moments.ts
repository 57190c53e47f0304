// E|mean|^2 and E tr covariance of every generation, for every variant, pool, memory and divisor, from the training samples
// themselves: whatever the loop, a generation's mean is the mean of its N training samples x, and its covariance has the
// trace (sum |x|^2 - N |mean|^2) / divisor. Both are known in expectation from inner products of group means.
//
// A synthetic sample is mean_J + e with J uniform over the remembered models and e ~ N(0, lambda covariance_J), all
// independent given the models. n of N samples, drawn without replacement, have given those N the same mean in expectation,
// the variance (1/n)(1 - n/N) times that of the N (divisor N - 1) about it, and n/N of the sum of squares.

export interface ScheduledLoop {
  readonly variant: 'fully-synthetic' | 'synthetic-augmentation' | 'fresh-data' | 'combined';
  readonly dim: number;
  /** In the combined loop, with the fixed real samples among them. */
  readonly initial: number;
  readonly real: ByGeneration;
  readonly realFixed?: number;
  readonly realFresh?: ByGeneration;
  readonly synthetic: ByGeneration;
  readonly lambda: ByGeneration;
  readonly memory: number;
  readonly pool: 'latest' | 'accumulate' | 'subsample';
  readonly subsample?: number;
  readonly divisor: 'unbiased' | 'mle';
}

/** A loop that is the same in every generation. */
export interface Loop extends ScheduledLoop {
  readonly real: number;
  readonly realFresh?: number;
  readonly synthetic: number;
  readonly lambda: number;
}

/** The same number in every generation, or those of generations 1, 2, ..., of which the last goes on. */
type ByGeneration = number | readonly number[];

const at = (numbers: ByGeneration, t: number): number =>
  typeof numbers === 'number' ? numbers : (numbers[t - 1] ?? numbers.at(-1)!);

export interface ExpectedMoments {
  /** E|mean_t - mean of the reference|^2. */
  readonly meanNormSquared: number;
  /** E tr covariance_t. */
  readonly trace: number;
  /** E mean_t . mean_j for the generations j = 1, ..., t (at j - 1). */
  readonly meanProducts: readonly number[];
}

/** Expected inner products of random vectors, which are named by their number. */
class InnerProducts {
  readonly #values: number[][] = [];

  get(i: number, j: number): number {
    return i >= j ? this.#values[i]![j]! : this.#values[j]![i]!;
  }

  /** A new vector with these products with the earlier ones, and this expected squared norm. */
  add(products: (earlier: number) => number, normSquared: number): number {
    const index = this.#values.length;
    this.#values.push([...Array.from({ length: index }, (_, i) => products(i)), normSquared]);
    return index;
  }

  /** A new vector, the sum of weight x vector. */
  combine(terms: readonly { readonly vector: number; readonly weight: number }[]): number {
    const products = (i: number) =>
      terms.reduce((sum, { vector, weight }) => sum + weight * this.get(vector, i), 0);
    return this.add(
      products,
      terms.reduce((sum, { vector, weight }) => sum + weight * products(vector), 0),
    );
  }
}

/** Samples that train a model: how many, their mean (its number among the vectors), and E sum |x|^2. */
interface Group {
  readonly count: number;
  readonly mean: number;
  readonly sumOfSquares: number;
}

/** Generations 1, 2, ...; the reference's mean is 0 and its covariance has trace `referenceTrace` (dim for N(0, I)). */
export function expectedMoments(
  loop: ScheduledLoop,
  generations: number,
  referenceTrace = loop.dim,
): ExpectedMoments[] {
  const vectors = new InnerProducts();
  const models: { readonly mean: number; readonly trace: number }[] = [];

  const real = (count: number): Group => ({
    count,
    mean: vectors.add(() => 0, referenceTrace / count),
    sumOfSquares: count * referenceTrace,
  });

  const synthetic = (count: number, lambda: number): Group => {
    const sources = models.slice(-loop.memory);
    const average = (value: (source: (typeof sources)[number]) => number) =>
      sources.reduce((sum, source) => sum + value(source), 0) / sources.length;
    const product = (vector: number) => average(({ mean }) => vectors.get(mean, vector));
    const sampleSquare = average(({ mean, trace }) => vectors.get(mean, mean) + lambda * trace);
    const productOfTwoSamples = average(({ mean }) => product(mean));
    return {
      count,
      mean: vectors.add(product, (sampleSquare + (count - 1) * productOfTwoSamples) / count),
      sumOfSquares: count * sampleSquare,
    };
  };

  const merge = (groups: readonly Group[]): Group => {
    const count = groups.reduce((sum, group) => sum + group.count, 0);
    return {
      count,
      mean: vectors.combine(groups.map((group) => ({ vector: group.mean, weight: group.count / count }))),
      sumOfSquares: groups.reduce((sum, group) => sum + group.sumOfSquares, 0),
    };
  };

  const someOf = ({ count, mean, sumOfSquares }: Group, chosen: number): Group => {
    const square = vectors.get(mean, mean);
    const variance = (sumOfSquares - count * square) / (count - 1);
    return {
      count: chosen,
      mean: vectors.add(
        (earlier) => vectors.get(mean, earlier),
        square + (variance / chosen) * (1 - chosen / count),
      ),
      sumOfSquares: (chosen / count) * sumOfSquares,
    };
  };

  // In the first set: the samples that are seen again, and the others.
  const fixed = loop.variant === 'synthetic-augmentation' ? at(loop.real, 1) : (loop.realFixed ?? 0);
  const freshOf = (t: number): number =>
    loop.variant === 'fresh-data' ? at(loop.real, t) : at(loop.realFresh ?? 0, t);
  const fixedSet = fixed > 0 ? [real(fixed)] : [];
  const others = loop.initial > fixed ? [real(loop.initial - fixed)] : [];

  let pool: Group | undefined;
  const trainingSet = (t: number): Group => {
    if (t === 1) return merge([...fixedSet, ...others]);
    const groups = [...fixedSet];
    const [fresh, made] = [freshOf(t), at(loop.synthetic, t)];
    if (fresh > 0) groups.push(real(fresh));
    const latest = made > 0 ? [synthetic(made, at(loop.lambda, t))] : [];
    const before = loop.pool !== 'latest' && pool ? [pool] : [];
    pool = latest.length + before.length > 0 ? merge([...before, ...latest]) : undefined;
    if (pool) groups.push(pool);
    return loop.pool === 'subsample' ? someOf(merge(groups), loop.subsample!) : merge(groups);
  };

  return Array.from({ length: generations }, (_, index) => {
    const { count, mean, sumOfSquares } = trainingSet(index + 1);
    const meanNormSquared = vectors.get(mean, mean);
    const trace = (sumOfSquares - count * meanNormSquared) / (loop.divisor === 'unbiased' ? count - 1 : count);
    models.push({ mean, trace });
    return { meanNormSquared, trace, meanProducts: models.map((model) => vectors.get(model.mean, mean)) };
  });
}
