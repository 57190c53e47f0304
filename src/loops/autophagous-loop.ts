import { derivedSeed } from '../base/derived-seed.js';
import { entryOf } from '../base/schedule.js';
import type { Matrix } from '../base/shapes.js';
import { multinomialUniform } from '../distributions/multinomial.js';
import { RandomIntegers } from '../distributions/random-integers.js';
import { ProgressReporter } from '../engine/progress.js';
import { firstRows, pickRows } from '../engine/rows.js';
import { realParts } from '../gaussian-loop/parameters.js';
import type { FittedModel, RowBlock } from '../models/generative-model.js';
import { blocksOfRows, isReal, rowsOf } from '../models/row-blocks.js';
import { type AutophagousLoopOptions, type ResolvedLoop, resolveLoopOptions } from './loop-options.js';
import { LoopSteps, type Trained, type TrainingRows } from './loop-steps.js';
import { type Part, TrainingSet } from './training-set.js';

/** One generation of a loop: the model G^t, what it was trained on, and how far it is from the real distribution. */
export interface Generation<Fitted extends FittedModel = FittedModel> {
  /** The generation, from 1. */
  readonly t: number;
  readonly model: Fitted;
  /** How many real and how many synthetic samples the model was trained on. */
  readonly realCount: number;
  readonly syntheticCount: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Runs an autophagous ("self-consuming") loop (Alemohammad et al. 2024, sections 2 to 5): generation 1 is trained on
 * real samples alone, every later one on data that earlier models made. This function is the definition of the
 * three variants and of their combinations; `simulateGaussianLoop` computes the same thing, many times faster, for Gaussian
 * models.
 *
 * Yields each generation as it is finished. Leaving the `for await` early stops the loop. Every random choice follows
 * from `seed`: the result does not depend on threads or time.
 *
 * Errors reject the call that asks for the next generation: ERR_INVALID_INPUT for options (with the first generation);
 * ERR_MODEL when a model fails or returns something unusable, naming generation and model; ERR_EXHAUSTED
 * when a data set has no more rows; ERR_ABORTED. Generations yielded before stand.
 *
 * @example
 * const loop = autophagousLoop({
 *   variant: 'fresh-data', reference: gaussianReference({ dim: 10 }), model: gaussian(),
 *   real: 100, synthetic: 400, generations: 20, seed: 1,
 * });
 * for await (const { t, metrics } of loop) console.log(t, metrics.distance);
 */
export async function* autophagousLoop<Fitted extends FittedModel>(
  options: AutophagousLoopOptions<Fitted>,
): AsyncGenerator<Generation<Fitted>, void, undefined> {
  const loop = resolveLoopOptions<Fitted>('autophagousLoop', options);
  const steps = new LoopSteps(loop);
  try {
    yield* generations(loop, steps);
  } finally {
    await steps.close();
  }
}

async function* generations<Fitted extends FittedModel>(
  loop: ResolvedLoop<Fitted>,
  steps: LoopSteps<Fitted>,
): AsyncGenerator<Generation<Fitted>, void, undefined> {
  const progress = new ProgressReporter(loop.job.onProgress);
  const reference = await steps.referenceMoments();

  const initialSet = await steps.drawReal(1, loop.initial);
  let pooled: Part[] = []; // synthetic samples of earlier generations
  let recent: Trained<Fitted>[] = []; // the last `memory` models, oldest first

  for (let t = 1; t <= loop.generations; t += 1) {
    // Samples that are pooled outlive the training set, and must not keep its memory.
    const { realFixed, realFresh } = realParts(loop, t);
    const synthetic = entryOf(loop.synthetic, t);
    const size = realFixed + realFresh + synthetic;
    const inOneBlock = t > 1 && loop.pool === 'latest' && (size > synthetic || recent.length > 1);
    const set = new TrainingSet(loop.reference.dim, inOneBlock ? size : undefined);
    const addReal = (rows: Matrix): void => set.add({ rows, origin: { real: true } });
    if (t === 1) {
      addReal(initialSet);
    } else {
      // The real data beside the synthetic: part of the first set in every generation, new samples, both or neither.
      if (realFixed > 0) addReal(firstRows(initialSet, realFixed));
      if (realFresh > 0) addReal(await steps.drawReal(t, realFresh, set.offer(realFresh)));
      for (const part of pooled) set.add(part);
      const latest = await drawSynthetic(t, synthetic, recent, loop, steps, set);
      if (loop.pool !== 'latest') pooled = [...pooled, ...latest];
    }
    const training = await chosenRows(t, await set.join(), set.blocks, loop);

    const model = await steps.fit(t, training, recent.at(-1)?.model);
    recent = [...recent, { t, model }].slice(-loop.memory);

    const metrics = await steps.measure({ t, model }, reference);
    progress.advance(t, loop.generations);
    const { realCount, rows } = training;
    yield { t, model, realCount, syntheticCount: rows.rows - realCount, metrics };
  }
}

/** All rows, or with pool 'subsample' some of them, drawn without replacement. */
async function chosenRows(
  t: number,
  all: Matrix,
  blocks: readonly RowBlock[],
  { pool, subsample, seed }: Pick<ResolvedLoop, 'pool' | 'subsample' | 'seed'>,
): Promise<TrainingRows> {
  if (t === 1 || pool !== 'subsample') return { rows: all, blocks, realCount: rowsOf(blocks, isReal) };
  const random = new RandomIntegers(derivedSeed(seed, 'subsample', t));
  const chosen = await random.someOf(all.rows, subsample!);
  const theirs = await blocksOfRows(blocks, chosen);
  return { rows: await pickRows(all, chosen), blocks: theirs, realCount: rowsOf(theirs, isReal) };
}

/** Adds so many synthetic samples for generation t, each from one of the recent models, chosen uniformly at random. */
async function drawSynthetic<Fitted extends FittedModel>(
  t: number,
  synthetic: number,
  recent: readonly Trained<Fitted>[],
  loop: ResolvedLoop<Fitted>,
  steps: LoopSteps<Fitted>,
  set: TrainingSet,
): Promise<Part[]> {
  // Choosing a model for each sample independently makes the counts multinomial.
  const counts =
    recent.length === 1
      ? [synthetic]
      : multinomialUniform(synthetic, recent.length, derivedSeed(loop.seed, 'memory', t));

  const parts: Part[] = [];
  for (const [i, source] of recent.entries()) {
    if (counts[i] === 0) continue;
    const rows = await steps.sample(t, source, counts[i]!, set.offer(counts[i]!));
    const part = { rows, origin: { real: false, generation: source.t } };
    set.add(part);
    parts.push(part);
  }
  return parts;
}
