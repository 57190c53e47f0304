// What a study found, in words.

import { cellState } from '../charts/cell-state.js';
import { numberText } from '../charts/numbers.js';
import { axisLabel, axisSymbol } from '../charts/study-axes.js';
import { coordinate, type Dimension } from '../charts/study-layout.js';
import { extent } from '../charts/ticks.js';
import type { StudyCell, StudyDocument } from '../studies/definition/study-document.js';

/** A few sentences: what was simulated, how much is done, where synthetic data help, the extremes, the precision. */
export function summary(study: StudyDocument, varying: readonly Dimension[]): string[] {
  const count = new Map<string, number>();
  for (const cell of study.cells) count.set(cellState(cell), (count.get(cellState(cell)) ?? 0) + 1);
  const of = (state: string) => count.get(state) ?? 0;
  const finished = of('admissible') + of('inadmissible') + of('undecided') + of('collapsed');
  return [
    settingSentence(study),
    doneSentence(study.cells.length, finished, of('refused')),
    ...(finished > 0
      ? [
          thresholdSentence(of('admissible'), of('inadmissible'), of('undecided')),
          ...collapseSentence(of('collapsed')),
        ]
      : []),
    ...extremesSentence(study.cells, varying),
    ...precisionSentence(study),
  ];
}

// What each generation but the first is fitted to.
const trainingSets: Readonly<Record<string, string>> = {
  'fresh-data': 'The fresh data loop: nᵣ new real samples and nₛ synthetic ones in each generation',
  'synthetic-augmentation':
    'The synthetic augmentation loop: the same nᵣ real samples and nₛ new synthetic ones in each generation',
};

/** The loop, and what is the same in all cells. */
function settingSentence({ fixed }: StudyDocument): string {
  const { variant, divisor, ...numbers } = fixed;
  const same = Object.entries(numbers).flatMap(([name, value]) => {
    if (typeof value === 'number') return [axisLabel(name, value)];
    return typeof value === 'string' ? [`${axisSymbol(name)} ${value}`] : [`${axisSymbol(name)} of its own`];
  });
  if (divisor === 'mle') same.push('covariances with divisor N');
  return `${[trainingSets[String(variant)] ?? String(variant), ...same].join('; ')}.`;
}

function doneSentence(cells: number, finished: number, refused: number): string {
  const pending = cells - finished - refused;
  if (pending === 0 && refused === 0) return `All ${cellsText(cells)} are finished.`;
  const rest = [
    ...(pending > 0 ? [`${numberText(pending, 9)} not yet`] : []),
    ...(refused > 0 ? [`${numberText(refused, 9)} ${refused === 1 ? 'has' : 'have'} no answer`] : []),
  ];
  return `Of ${cellsText(cells)}, ${numberText(finished, 9)} are finished; ${rest.join(', ')}.`;
}

function thresholdSentence(helps: number, hurts: number, undecided: number): string {
  return (
    `Of the cells chosen here, synthetic data help (nₑ ≥ nᵣ) in ${numberText(helps, 9)} and hurt in ${numberText(hurts, 9)}` +
    `${undecided > 0 ? `; ${numberText(undecided, 9)} cannot be told apart from nₑ = nᵣ at 95 %` : ''}.`
  );
}

function collapseSentence(collapsed: number): string[] {
  if (collapsed === 0) return [];
  return [
    `In ${numberText(collapsed, 9)} more the model has collapsed: it has nearly shrunk to its mean (standard deviations below 0.3 of those of the data), and nₑ is not below nᵣ only because so few real samples alone are no better.`,
  ];
}

function extremesSentence(cells: readonly StudyCell[], varying: readonly Dimension[]): string[] {
  const ranked = cells
    .filter((cell) => typeof cell.result?.ratio === 'number')
    .sort((a, b) => a.result!.ratio! - b.result!.ratio!);
  if (ranked.length < 2) return [];
  const text = (cell: StudyCell) =>
    `${numberText(cell.result!.ratio!)} at ${varying.map(({ axis }) => axisLabel(axis, coordinate(cell, axis))).join(', ')}`;
  return [`nₑ / nᵣ lies between ${text(ranked[0]!)} and ${text(ranked.at(-1)!)}.`];
}

function precisionSentence({ cells, method, relativeError }: StudyDocument): string[] {
  if (method !== 'monte-carlo')
    return ['The large-d limit, without Monte Carlo: there are no standard errors.'];
  const errors = cells.flatMap(({ result }) =>
    result === null ? [] : [result.standardError! / result.distance],
  );
  const [, largest] = extent(errors);
  if (largest < 0) return [];
  const percent = (share: number) => `${numberText(100 * share, 2)} %`;
  return [
    `Standard errors of the limit points are at most ${percent(largest)} of them (${percent(relativeError)} was asked for).`,
  ];
}

export function cellsText(cells: number): string {
  return cells === 1 ? '1 cell' : `${numberText(cells, 9)} cells`;
}
