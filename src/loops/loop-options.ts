import { checkChoice, checkInteger, invalid, isArray } from '../base/check.js';
import { checkLambdaRange, lambdaOption } from '../base/lambda.js';
import { checked, integer, resolve, seed, type TableOf } from '../base/options.js';
import { type GivenSchedule, type Schedule, scheduled } from '../base/schedule.js';
import type { Seed } from '../base/seed.js';
import { type JobOptions, type JobSettings, jobOptions } from '../engine/job.js';
import {
  type LoopVariant,
  loopOptions,
  type SyntheticPool,
  variantOption,
} from '../gaussian-loop/parameters.js';
import { type FittedModel, type GenerativeModel, lambdaRangeOf } from '../models/generative-model.js';
import type { Reference } from '../references/reference.js';
import { type Metric, type MetricName, metricsByName } from './metrics.js';

/** A metric by name, or metrics of one's own under names of one's own. */
export type MetricChoice<Fitted extends FittedModel> = MetricName | Readonly<Record<string, Metric<Fitted>>>;

export interface AutophagousLoopOptions<
  Fitted extends FittedModel = FittedModel,
  Choice extends MetricChoice<Fitted> = MetricChoice<Fitted>,
> extends JobOptions {
  /** What real data later generations see: none, one fixed set, a new set each time, or both ('combined'). */
  readonly variant: LoopVariant;
  /** The real distribution. */
  readonly reference: Reference;
  /** What is trained in each generation. */
  readonly model: GenerativeModel<Fitted>;
  /**
   * n_ini, real samples behind generation 1; in the combined loop the fixed ones are the first of them. Default: `real`; in a
   * loop that sees no real samples later, `synthetic`.
   */
  readonly initial?: number;
  /**
   * n_r, real samples in each later generation. Not used in the fully synthetic loop, nor in the combined one. This, `realFresh`,
   * `synthetic` and `lambda` may be schedules: lists, entry t - 1 for generation t, of which the last goes on, or functions of t.
   */
  readonly real?: GivenSchedule;
  /** n_f, combined loop only: real samples of generation 1 that every later one is trained on again. Default 0. */
  readonly realFixed?: number;
  /** n_r, combined loop only: new real samples in each later generation. Default 0. */
  readonly realFresh?: GivenSchedule;
  /** n_s, new synthetic samples in each generation after the first: the first entry of a schedule is not used. */
  readonly synthetic: GivenSchedule;
  /** Sampling bias of a generation's synthetic samples, 0 to 1 or in the model's `lambdaRange`; of a schedule, too, the first entry is not used. Default 1: none. */
  readonly lambda?: GivenSchedule;
  /** Each synthetic sample comes from a uniformly random one of the last min(memory, t - 1) models. Default 1. */
  readonly memory?: number;
  /**
   * Train on the newest synthetic samples only, on all so far, (t - 1) n_s of them, or on a random subset of what 'accumulate'
   * would train on. Default 'latest'.
   */
  readonly pool?: SyntheticPool;
  /**
   * With `pool: 'subsample'`, training samples of each later generation, drawn without replacement: 2 to
   * real + synthetic. Default `initial`, or real + synthetic where that is less.
   */
  readonly subsample?: number;
  readonly generations: number;
  /** Decides every random choice: a safe integer, a bigint or a decimal string. Default 0. */
  readonly seed?: Seed;
  /** What to measure of each generation's model. Default: distance, meanNormSquared and trace. */
  readonly metrics?: readonly Choice[];
  /** Size of the sample that stands for a model without `moments` in the metrics. Default 10,000. */
  readonly metricSamples?: number;
}

const namedMetrics = Object.keys(metricsByName) as MetricName[];

/** Options with every default filled in, checked. */
export interface ResolvedLoop<Fitted extends FittedModel = FittedModel> {
  readonly variant: LoopVariant;
  readonly reference: Reference;
  readonly model: GenerativeModel<Fitted>;
  readonly initial: number;
  readonly real: Schedule;
  /** Present in the combined loop; realParts has them for every loop. */
  readonly realFixed?: number;
  readonly realFresh?: Schedule;
  readonly synthetic: Schedule;
  readonly lambda: Schedule;
  readonly memory: number;
  readonly pool: SyntheticPool;
  /** Present with pool 'subsample'. */
  readonly subsample?: number;
  readonly generations: number;
  readonly seed: bigint;
  readonly metrics: ReadonlyMap<string, Metric<Fitted>>;
  readonly metricSamples: number;
  readonly job: JobSettings;
}

export const autophagousLoopOptions = {
  variant: variantOption,
  reference: checked('reference', checkReference).doc('the real distribution'),
  model: checked('model', checkModel).doc('what is trained in each generation'),
  ...loopOptions,
  lambda: scheduled(lambdaOption(({ model }: Pick<ResolvedLoop, 'model'>) => lambdaRangeOf(model))).allow(
    'number from 0 to 1, or in the `lambdaRange` of the model, or a list or function of such by generation',
  ),
  generations: integer(1).doc('generations, the first included'),
  seed: seed(),
  metrics: checked('list of names and of { name: function }', checkMetrics)
    .or(
      namedMetrics.map((name) => ({ [name]: metricsByName[name] })),
      namedMetrics.join(', '),
    )
    .doc("what to measure of each generation's model"),
  metricSamples: integer(2).or(10_000).doc('samples that stand for a model without moments in the metrics'),
  ...jobOptions,
} satisfies TableOf<AutophagousLoopOptions>;

/** Checks the options of a loop and fills in the defaults. */
export function resolveLoopOptions<Fitted extends FittedModel>(
  where: string,
  options: unknown,
): ResolvedLoop<Fitted> {
  const values = resolve(where, options, autophagousLoopOptions);
  const { threads, signal, onProgress, metrics, ...loop } = values;
  return {
    ...loop,
    metrics: new Map(metrics.flatMap((metric) => Object.entries(metric))),
    job: { where, threads, signal, onProgress },
  };
}

function checkReference(where: string, argument: string, value: unknown): Reference {
  const reference = value as Partial<Reference> | null | undefined;
  if (typeof reference?.open !== 'function' || typeof reference.moments !== 'function') {
    const requirement = 'have the methods moments and open, as gaussianReference() gives them';
    throw invalid(where, argument, requirement, value);
  }
  checkInteger(where, `${argument}.dim`, reference.dim, 1);
  checkName(where, argument, reference.name);
  return reference as Reference;
}

/** A model; what it learns nobody can check, so it goes for a model of anything. */
function checkModel(where: string, argument: string, value: unknown): GenerativeModel<never> {
  if (typeof (value as Partial<GenerativeModel> | null | undefined)?.fit !== 'function') {
    throw invalid(where, argument, 'have a method fit, as gaussian() gives it', value);
  }
  const model = value as GenerativeModel<never>;
  checkName(where, argument, model.name);
  if (model.lambdaRange !== undefined) checkLambdaRange(where, `${argument}.lambdaRange`, model.lambdaRange);
  return model;
}

/** Messages are made with it. */
function checkName(where: string, argument: string, name: unknown): void {
  if (name !== undefined && typeof name !== 'string')
    throw invalid(where, `${argument}.name`, 'be a text', name);
}

/** Every metric under its name, each in an object of its own. */
function checkMetrics(where: string, argument: string, value: unknown): Readonly<Record<string, Metric>>[] {
  if (!isArray(value)) throw invalid(where, argument, 'be an array of names and of { name: function }', value);
  const metrics = new Map<string, Metric>();
  for (const choice of value as unknown[]) {
    const named = typeof choice === 'string' ? { [choice]: knownMetric(where, choice) } : choice;
    if (typeof named !== 'object' || named === null || Object.keys(named).length === 0) {
      throw invalid(where, argument, 'hold names of metrics and objects { name: function }', choice);
    }
    for (const [name, metric] of Object.entries(named)) {
      if (typeof metric !== 'function') throw invalid(where, `metric ${name}`, 'be a function', metric);
      if (metrics.has(name)) throw invalid(where, argument, 'have different names', name);
      metrics.set(name, metric as Metric);
    }
  }
  return [...metrics].map(([name, metric]) => ({ [name]: metric }));
}

function knownMetric(where: string, name: string): Metric {
  return metricsByName[checkChoice(where, 'metric', name, namedMetrics)];
}
