// The question that people have: how much synthetic data, how much real data?

import { MadloopError } from '../base/errors.js';
import type { JobSettings } from '../engine/job.js';
import { ProgressReporter, progressOf } from '../engine/progress.js';
import { isCollapsed } from '../limits/stationary-variance.js';
import type { Advice, Answer, Lever, Sensitivity, Worth } from './advice.js';
import {
  deterministicBest,
  deterministicLeastReal,
  deterministicRealToMakeUp,
  deterministicThreshold,
} from './deterministic-search.js';
import { leversOf } from './levers.js';
import {
  limitPointsOfSearch,
  monteCarloBest,
  monteCarloLeastReal,
  monteCarloRealToMakeUp,
  monteCarloThreshold,
} from './monte-carlo-search.js';
import { type AdviseOptions, keptCounts, resolveAdvise } from './options.js';
import { budget, Plan } from './plan.js';
import { nearbyDims, nearbyLambdas } from './sensitivity.js';
import {
  cellOf,
  type LimitsOf,
  type Loop,
  limitsByDeterministicMethod,
  limitsByMonteCarlo,
  secondsByMonteCarlo,
  worthsOf,
} from './worth.js';

/**
 * Whether synthetic samples beside fresh real ones help or hurt a model that is trained on both, generation after generation, in the
 * long run: the effective sample size of the fresh data loop, with what people ask next. Up to how many synthetic samples do no
 * harm? How many real ones make up for them? What would each lever buy? How much hangs on what nobody knows, the dimension that
 * stands for the data and the sampling bias? How far is the model from collapse?
 *
 * By the deterministic method, in a second or two and with a band from its stated accuracy, where that was measured: memory 1, at least 10
 * dimensions, eigenvalues of a relative variance of at most 1; with `method: 'deterministic'` also where it was not (`measured` is then
 * false). Elsewhere, or with `precise`, by Monte Carlo with 95 % intervals: the answer itself, whatever that takes (`relativeError` decides),
 * and of the rest what takes no more than 24 seconds of one core in all; what would take more is left out, with the reason in
 * `leftOut`, unless `precise`. A detector thins the samples out: the loop is that of the expected counts it leaves, and n_e is held against the real samples before it.
 *
 * It is a statement about Gaussians in the dimension given, not about any other model: see `caveat`.
 * Depends on the options and the seed alone. Rejects with ERR_INVALID_INPUT, ERR_NO_VARIANCE, ERR_NO_CONVERGENCE, ERR_OUT_OF_MEMORY,
 * ERR_ABORTED.
 *
 * @example
 * const advice = await advise({ real: 10_000, syntheticShare: 0.3, guidance: 0.5, dim: 100 });
 * console.log(advice.verdict, advice.ratio, advice.threshold?.synthetic); // hurts 0.436 933
 */
export async function advise(options: AdviseOptions): Promise<Advice> {
  const { question, dims, settings } = resolveAdvise('advise', options);
  const progress = new ProgressReporter(settings.onProgress);
  const answers: Answer[] = [];
  for (const [i, dim] of dims.entries()) {
    const onProgress = progress.part(i, i + 1, dims.length);
    answers.push(await answerFor({ ...question, dim: dim! }, { ...settings, onProgress }));
  }
  progress.finish(progressOf(dims.length, dims.length));
  const { real, synthetic } = question;
  const [answer, atEffectiveRank] = answers;
  return {
    inputs: {
      ...question,
      syntheticShare: synthetic / (real + synthetic),
      dim: dims[0],
      kept: keptCounts(question),
      seed: String(question.seed),
    },
    ...answer!,
    ...(atEffectiveRank && { atEffectiveRank }),
    caveat,
  };
}

const caveat =
  'This is the long run of a Gaussian fitted to Gaussian data, not of your model: take the direction and the order of magnitude from it, and d and lambda as the unknowns they are.';

async function answerFor(loop: Loop, settings: JobSettings): Promise<Answer> {
  const why = await whyNotDeterministic(loop, settings);
  return why === undefined ? deterministicAnswer(loop, settings) : monteCarloAnswer(loop, why, settings);
}

/** Why Monte Carlo is needed; undefined where the deterministic method does. */
async function whyNotDeterministic(loop: Loop, settings: JobSettings): Promise<string | undefined> {
  if (loop.precise) return 'precise';
  if (loop.method === 'deterministic') return undefined;
  if (loop.method === 'monte-carlo') return 'method';
  if (loop.memory > 1) return 'the deterministic method is for memory 1';
  // The verdict is exact, and n_e of a model that has shrunk to its mean is no reason to simulate for minutes.
  if (isCollapsed(cellOf(loop))) return undefined;
  const [limit] = await limitsByDeterministicMethod([cellOf(loop)], { ...settings, onProgress: undefined });
  if (limit instanceof MadloopError) throw limit;
  if (limit!.accuracy!.measured) return undefined;
  return loop.dim < 10
    ? 'the accuracy of the deterministic method was measured from d = 10 on'
    : `the accuracy of the deterministic method was measured up to a dispersion of 1, and it is ${limit!.accuracy!.dispersion.toPrecision(3)}`;
}

async function deterministicAnswer(loop: Loop, settings: JobSettings): Promise<Answer> {
  const progress = new ProgressReporter(settings.onProgress);
  const quiet = { ...settings, onProgress: undefined };
  const worth = await worthOf(loop, limitsByDeterministicMethod, quiet);
  const threshold = await deterministicThreshold(loop, quiet);
  const leastReal = await deterministicLeastReal(loop, isFine(worth), quiet);
  const realToMakeUp = isHarmful(worth, loop) ? await deterministicRealToMakeUp(loop, quiet) : null;
  const bestSynthetic = await deterministicBest(loop, quiet);
  progress.report(progressOf(1, 3));
  const levers = await leverWorths(loop, bestSynthetic, limitsByDeterministicMethod, quiet);
  progress.report(progressOf(2, 3));
  const sensitivity = await sensitivityOf(loop, 3, limitsByDeterministicMethod, quiet);
  progress.finish(progressOf(3, 3));
  return {
    ...{ dim: loop.dim, method: 'deterministic', ...worth, threshold, leastReal, realToMakeUp, bestSynthetic },
    ...{ levers, sensitivity, leftOut: [] },
  };
}

/** Whether there is something to make up for. One real sample alone is no model. */
const isHarmful = ({ admissible }: Worth, { real }: Loop): boolean => admissible === false && real > 1;

/** Whether the synthetic samples do no harm now: by n_e where that is beyond doubt, else by its estimate. */
function isFine({ admissible, ratio, verdict }: Worth): boolean {
  return verdict !== 'collapsed' && (admissible === 'undecided' ? ratio >= 1 : admissible);
}

/** Seconds of one core that the parts of an answer take by Monte Carlo, about. */
function costOf(where: string, loop: Loop) {
  const secondsOf = (loops: readonly Loop[]) => secondsByMonteCarlo(where, loops);
  const main = secondsOf([loop]);
  const search = limitPointsOfSearch * main;
  const nearby = secondsOf(nearbyLoops(loop, 2).cells.flat());
  // Four searches, and about six levers.
  return { main, search, nearby, all: main + 4 * search + 6 * main + nearby, secondsOf };
}

/** About how many seconds of one core `advise` takes: none to speak of by the deterministic method. Rejects as it does. */
export async function adviseSeconds(options: AdviseOptions): Promise<number> {
  const { question, dims, settings } = resolveAdvise('advise', options);
  let seconds = 0;
  for (const dim of dims) {
    const loop = { ...question, dim: dim! };
    if ((await whyNotDeterministic(loop, settings)) === undefined) continue;
    const { main, all } = costOf(settings.where, loop);
    seconds += loop.precise ? all : Math.min(all, Math.max(budget, main));
  }
  return seconds;
}

async function monteCarloAnswer(loop: Loop, why: string, settings: JobSettings): Promise<Answer> {
  const { main: seconds, search, nearby, all, secondsOf } = costOf(settings.where, loop);
  const plan = new Plan(loop.precise, all, settings);

  const worth = await withWayOut(loop, () =>
    plan.always(seconds, (job) => worthOf(loop, limitsByMonteCarlo, job)),
  );
  const threshold = await plan.run('threshold', search, (job) => monteCarloThreshold(loop, job));
  const realToMakeUp = isHarmful(worth, loop)
    ? await plan.run('realToMakeUp', search, (job) => monteCarloRealToMakeUp(loop, job))
    : null;
  const bestSynthetic = await plan.run('bestSynthetic', search, (job) => monteCarloBest(loop, job));
  const levers = await plan.run(
    'levers',
    secondsOf(leversOf(loop, bestSynthetic).map((lever) => lever.loop)),
    (job) => leverWorths(loop, bestSynthetic, limitsByMonteCarlo, job),
  );
  const leastReal = await plan.run('leastReal', search, (job) => monteCarloLeastReal(loop, isFine(worth), job));
  const sensitivity = await plan.run('sensitivity', nearby, (job) =>
    sensitivityOf(loop, 2, limitsByMonteCarlo, job),
  );
  return {
    ...{
      dim: loop.dim,
      method: 'monte-carlo',
      why,
      ...worth,
      threshold,
      leastReal,
      realToMakeUp,
      bestSynthetic,
    },
    ...{ levers: levers ?? [], sensitivity, leftOut: plan.leftOut },
  };
}

/** What Monte Carlo cannot reach, the deterministic method can. */
async function withWayOut<Result>({ memory }: Loop, compute: () => Promise<Result>): Promise<Result> {
  try {
    return await compute();
  } catch (error) {
    if (!(error instanceof MadloopError) || error.code !== 'ERR_NO_CONVERGENCE' || memory > 1) throw error;
    const message = `${error.message}; the option 'method' can be 'deterministic', which needs no chains`;
    throw new MadloopError(error.code, message, { cause: error });
  }
}

async function worthOf(loop: Loop, limitsOf: LimitsOf, settings: JobSettings): Promise<Worth> {
  const [worth] = await worthsOf([loop], limitsOf, settings);
  if (worth instanceof MadloopError) throw worth;
  return worth!;
}

/** What the loop is worth with each lever, against the real samples that there are now; without those that have no limit point. */
async function leverWorths(
  loop: Loop,
  bestSynthetic: number | null,
  limitsOf: LimitsOf,
  settings: JobSettings,
): Promise<Lever[]> {
  const levers = leversOf(loop, bestSynthetic);
  const worths = await worthsOf(
    levers.map((lever) => lever.loop),
    limitsOf,
    settings,
    loop.real,
  );
  return levers.flatMap(({ lever, loop: changed }, i) => {
    const worth = worths[i]!;
    if (worth instanceof MadloopError) return [];
    const { real, synthetic, lambda, memory, truePositiveRate, falsePositiveRate } = changed;
    return [{ lever, real, synthetic, lambda, memory, truePositiveRate, falsePositiveRate, ...worth }];
  });
}

function nearbyLoops(loop: Loop, steps: number): { dims: number[]; lambdas: number[]; cells: Loop[][] } {
  const dims = nearbyDims(loop.dim, steps);
  const lambdas = nearbyLambdas(loop.lambda, steps);
  const cells = dims.map((dim) => lambdas.map((lambda) => ({ ...loop, dim, lambda })));
  return { dims, lambdas, cells };
}

async function sensitivityOf(
  loop: Loop,
  steps: number,
  limitsOf: LimitsOf,
  settings: JobSettings,
): Promise<Sensitivity> {
  const { dims, lambdas, cells } = nearbyLoops(loop, steps);
  const worths = await worthsOf(cells.flat(), limitsOf, settings);
  return {
    dims,
    lambdas,
    cells: dims.map((_, i) =>
      lambdas.map((__, j) => {
        const worth = worths[i * lambdas.length + j]!;
        return worth instanceof MadloopError ? null : worth;
      }),
    ),
  };
}
