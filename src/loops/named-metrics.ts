// The metrics that have a name, of models and of samples, for whoever names them in text: the command line and studies.

import { checkChoice, invalid } from '../base/check.js';
import { checked } from '../base/options.js';
import type { Schedule } from '../base/schedule.js';
import type { Matrix } from '../base/shapes.js';
import type { FittedModel } from '../models/generative-model.js';
import type { MetricChoice } from './loop-options.js';
import { type Metric, type MetricName, metricsByName } from './metrics.js';
import { sampleMetrics } from './sample-metrics.js';

const ofModel = Object.keys(metricsByName) as MetricName[];
const ofSamples = ['frechetDistance', 'precision', 'recall', 'density', 'coverage', 'variance'] as const;

export type DataMetric = (typeof ofModel)[number] | (typeof ofSamples)[number];

export const metricsOption = checked('names of metrics', checkMetricNames)
  .optional(ofModel.join(', '))
  .doc(`what to measure, separated by commas: ${ofModel.join(', ')}; ${ofSamples.join(', ')} of samples`)
  .flag('<names>');

/** Names from a flag ("a,b") or a parameter file (["a", "b"]), checked, in the order in which results hold them. */
function checkMetricNames(where: string, argument: string, value: unknown): DataMetric[] {
  const list = typeof value === 'string' ? value.split(',').map((name) => name.trim()) : value;
  if (!Array.isArray(list) || list.length === 0) {
    throw invalid(where, argument, 'be names of metrics, separated by commas', value);
  }
  const known: DataMetric[] = [...ofModel, ...ofSamples];
  const wanted = new Set(list.map((name) => checkChoice(where, argument, name, known)));
  return known.filter((name) => wanted.has(name));
}

/**
 * The metrics of these names for a loop. Those of samples take as many as are held out, with the sampling bias of the next
 * generation: they measure what a generation gives to that.
 */
export function metricsOfNames(
  names: readonly DataMetric[],
  heldOut: Matrix,
  lambda: Schedule,
  k?: number,
): MetricChoice<FittedModel>[] {
  const sampled = ofSamples.filter((name) => names.includes(name));
  const named = ofModel.filter((name) => names.includes(name));
  if (sampled.length === 0) return named;
  const { sampleMetrics: measure } = sampleMetrics({ heldOut, lambda, k });
  const some: Metric = async (context) => {
    const values = (await measure(context)) as Record<string, number>;
    return Object.fromEntries(sampled.map((name) => [name, values[name]!]));
  };
  return [...named, { samples: some }];
}
