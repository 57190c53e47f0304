// A study of loops for its readers: the means over the replicates, and whether each loop goes MAD.

import { meanAndError } from '../../base/mean-and-error.js';
import { bandHalfWidth } from '../../loops/band-half-width.js';
import { imageSizeOf, shownGenerations } from '../../loops/shown-samples.js';
import { type MadTest, madTest } from '../../verdict/mad-test.js';
import type {
  LoopCellMetric,
  LoopCellResult,
  LoopParameters,
  LoopStudyDocument,
} from '../definition/loop-study-document.js';
import type { LoopValues, StoredLoopStudy } from '../store/loop-study-of.js';

export async function loopDocument({ cells, ...study }: StoredLoopStudy): Promise<LoopStudyDocument> {
  // Equal cells have the same values, and are looked at once.
  const known = new Map<LoopValues, LoopCellResult>();
  const finished: LoopStudyDocument['cells'][number][] = [];
  for (const { values, ...cell } of cells) {
    const result = values && (known.get(values) ?? (await resultOf(values, cell.parameters)));
    if (values !== null && result !== null) known.set(values, result);
    finished.push({ ...cell, result });
  }
  return { ...study, intervalFactor: bandHalfWidth(study.replicates), cells: finished };
}

async function resultOf(
  { metrics, series, shown }: LoopValues,
  { image }: LoopParameters,
): Promise<LoopCellResult> {
  const generations = series[0]!.length / metrics.length;
  const byName = metrics.map((name, m) => {
    const replicates = series.map((values) => values.subarray(m * generations, (m + 1) * generations));
    return [name, metricOf(replicates)] as const;
  });
  const found = Object.fromEntries(byName);
  const result = { generations, metrics: found, verdict: await verdictOf(found.distance) };
  if (shown === undefined) return result;
  return {
    ...result,
    shown: { generations: shownGenerations(generations), ...imageSizeOf(image), samples: shown },
  };
}

function metricOf(replicates: readonly Float64Array[]): LoopCellMetric {
  const estimates = Array.from(replicates[0]!, (_, i) => meanAndError(replicates.map((run) => run[i]!)));
  return {
    mean: estimates.map(({ mean }) => mean),
    standardError: estimates.map(({ standardError }) => standardError),
    final: estimates.at(-1)!,
    replicates,
  };
}

// A slope has an error from three generations on.
const fewestGenerations = 3;

async function verdictOf(distance: LoopCellMetric | undefined): Promise<MadTest | null> {
  const canTell =
    distance !== undefined && distance.mean.length >= fewestGenerations && distance.mean.every(Number.isFinite);
  return canTell ? madTest(distance.replicates) : null;
}
