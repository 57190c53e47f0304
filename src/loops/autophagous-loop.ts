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
import type { LoopRecord, MeasuredGeneration } from './loop-record.js';
import { LoopSteps, type Trained, type TrainingRows } from './loop-steps.js';
import type { MetricName } from './metrics.js';
import { type Part, TrainingSet } from './training-set.js';

/** One generation of a loop: the model G^t, what it was trained on, and how far it is from the real distribution. */
export interface Generation<Fitted extends FittedModel = FittedModel, Name extends string = string>
  extends MeasuredGeneration<Name> {
  readonly model: Fitted;
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
 * (with the first generation) when a data set has fewer rows than all generations take; ERR_ABORTED. Generations yielded
 * before stand.
 *
 * @example
 * const loop = autophagousLoop({
 *   variant: 'fresh-data', reference: gaussianReference({ dim: 10 }), model: gaussian(),
 *   real: 100, synthetic: 400, generations: 20, seed: 1,
 * });
 * for await (const { t, metrics } of loop) console.log(t, metrics.distance);
 */
export function autophagousLoop<Fitted extends FittedModel, Name extends MetricName = MetricName>(
  options: AutophagousLoopOptions<Fitted, Name>,
): AsyncGenerator<Generation<Fitted, Name>, void, undefined>;
export function autophagousLoop<Fitted extends FittedModel>(
  options: AutophagousLoopOptions<Fitted>,
): AsyncGenerator<Generation<Fitted>, void, undefined>;
export async function* autophagousLoop<Fitted extends FittedModel>(
  options: AutophagousLoopOptions<Fitted>,
): AsyncGenerator<Generation<Fitted>, void, undefined> {
  yield* continuedLoop(options, undefined);
}

/**
 * The same loop from where its record ends, and what it goes on with in the record; the generations that it yields are finished when
 * whoever asked for them says so there. It is the loop that was never stopped if equal seeds give the model equal results, and for
 * models that do not begin from the `previous` one, as there may be none.
 */
export async function* continuedLoop<Fitted extends FittedModel>(
  options: AutophagousLoopOptions<Fitted>,
  record: LoopRecord | undefined,
): AsyncGenerator<Generation<Fitted>, void, undefined> {
  const loop = resolveLoopOptions<Fitted>('autophagousLoop', options);
  const steps = new LoopSteps(loop);
  try {
    yield* generations(loop, steps, record);
  } finally {
    await steps.close();
  }
}

async function* generations<Fitted extends FittedModel>(
  loop: ResolvedLoop<Fitted>,
  steps: LoopSteps<Fitted>,
  record: LoopRecord | undefined,
): AsyncGenerator<Generation<Fitted>, void, undefined> {
  const progress = new ProgressReporter(loop.job.onProgress);
  const reference = await steps.referenceMoments();
  const finished = record?.finished.length ?? 0;

  await steps.openReference();
  const initialSet = await steps.drawReal(1, loop.initial);
  const pooled: Part[] = []; // synthetic samples of earlier generations
  let recent: Trained<Fitted>[] = []; // the models that are still asked, oldest first

  for (let t = 1; t <= loop.generations; t += 1) {
    const { realFixed, realFresh } = realParts(loop, t);
    if (t <= finished) {
      // What later generations need of it: that its real samples are used up, and its synthetic ones where they are pooled.
      if (t > 1 && realFresh > 0) await steps.drawReal(t, realFresh);
      if (t > 1 && loop.pool !== 'latest') {
        for await (const part of drawSynthetic(t, loop, (source) => record!.kept(t, source))) pooled.push(part);
      }
      continue;
    }
    // Samples that are pooled outlive the training set, and must not keep its memory.
    const synthetic = entryOf(loop.synthetic, t);
    const size = realFixed + realFresh + synthetic;
    const severalModels = Math.min(loop.memory, t - 1) > 1;
    const inOneBlock = t > 1 && loop.pool === 'latest' && (size > synthetic || severalModels);
    const set = new TrainingSet(loop.reference.dim, inOneBlock ? size : undefined);
    const addReal = (rows: Matrix): void => set.add({ rows, origin: { real: true } });
    if (t === 1) {
      addReal(initialSet);
    } else {
      // The real data beside the synthetic: part of the first set in every generation, new samples, both or neither.
      if (realFixed > 0) addReal(firstRows(initialSet, realFixed));
      if (realFresh > 0) addReal(await steps.drawReal(t, realFresh, set.offer(realFresh)));
      for (const part of pooled) set.add(part);
      const latest: Part[] = [];
      const rowsOf = (source: number, count: number): Promise<Matrix> =>
        record?.kept(t, source) ?? steps.sample(t, recent[source - recent[0]!.t]!, count, set.offer(count));
      for await (const part of drawSynthetic(t, loop, rowsOf)) {
        set.add(part);
        if (loop.pool !== 'latest') latest.push(part);
      }
      pooled.push(...latest);
    }
    const training = await chosenRows(t, await set.join(), set.blocks, loop);

    const model = await steps.fit(t, training, recent.at(-1)?.model);
    recent = [...recent, { t, model }].slice(record === undefined ? -loop.memory : -1);
    if (record !== undefined) await keepForLater({ t, model }, loop, steps, record);

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
  { pool, subsample, seed, job }: Pick<ResolvedLoop, 'pool' | 'subsample' | 'seed' | 'job'>,
): Promise<TrainingRows> {
  if (t === 1 || pool !== 'subsample') return { rows: all, blocks, realCount: rowsOf(blocks, isReal) };
  const random = new RandomIntegers(derivedSeed(seed, 'subsample', t));
  const chosen = await random.someOf(all.rows, subsample!, job);
  const theirs = await blocksOfRows(blocks, chosen, job);
  return { rows: await pickRows(all, chosen, job), blocks: theirs, realCount: rowsOf(theirs, isReal) };
}

/** How many synthetic samples generation t takes from which generations' models: each from one of the recent ones, chosen at random. */
function sourcesOf(
  t: number,
  { synthetic, memory, seed }: Pick<ResolvedLoop, 'synthetic' | 'memory' | 'seed'>,
): { t: number; count: number }[] {
  const first = Math.max(1, t - memory);
  const count = entryOf(synthetic, t);
  // Choosing a model for each sample independently makes the counts multinomial.
  const counts =
    first === t - 1 ? [count] : multinomialUniform(count, t - first, derivedSeed(seed, 'memory', t));
  return Array.from(counts, (count, i) => ({ t: first + i, count })).filter(({ count }) => count > 0);
}

/** The synthetic samples of generation t, of one model after the other. */
async function* drawSynthetic(
  t: number,
  loop: Pick<ResolvedLoop, 'synthetic' | 'memory' | 'seed'>,
  rowsOf: (source: number, count: number) => Promise<Matrix>,
): AsyncGenerator<Part, void, undefined> {
  for (const { t: generation, count } of sourcesOf(t, loop)) {
    yield { rows: await rowsOf(generation, count), origin: { real: false, generation } };
  }
}

/** Draws and keeps what later generations take from a model; of memory 1 also for the one after the last, so that more can follow. */
async function keepForLater<Fitted extends FittedModel>(
  trained: Trained<Fitted>,
  loop: ResolvedLoop<Fitted>,
  steps: LoopSteps<Fitted>,
  record: LoopRecord,
): Promise<void> {
  const next = trained.t + 1;
  const last = loop.memory === 1 ? next : Math.min(trained.t + loop.memory, loop.generations);
  for (let t = next; t <= last; t += 1) {
    const count = sourcesOf(t, loop).find((source) => source.t === trained.t)?.count;
    if (count !== undefined) await record.keep(t, trained.t, await steps.sample(t, trained, count));
  }
}
