// What `madloop evaluate` shows: whose samples, what was measured of them, and what that means.

import { numberText, withError } from '../../charts/numbers.js';
import { intervalText } from '../terminal/interval-text.js';
import { tableText, wrapped } from '../terminal/table.js';
import type { Row } from './measurements.js';
import type { DescribedSide } from './sides.js';

export interface Evaluation {
  readonly real: DescribedSide;
  readonly generated: DescribedSide;
  readonly rows: readonly Row[];
  /** What the errors leave out. */
  readonly exact: readonly string[];
  /** Why rows have no interval. */
  readonly reasons: readonly string[];
}

export function evaluationText({ real, generated, rows, exact, reasons }: Evaluation): string {
  return [
    wrapped(`real:      ${sideText(real)}`, noIndent),
    wrapped(`generated: ${sideText(generated)}`, noIndent),
    '',
    tableText(['metric', 'value', '95 % interval', 'bias, about'], rows.map(cells), { words: true }),
    '',
    ...[...meanings(rows, exact.length > 0), ...exact, ...reasons.map((reason) => `-: ${reason}`)].map((line) =>
      wrapped(line, '   '),
    ),
  ].join('\n');
}

const noIndent = ' '.repeat('generated: '.length);

function sideText(side: DescribedSide): string {
  const columns = `${numberText(side.cols)} ${side.cols === 1 ? 'column' : 'columns'}`;
  if ('rows' in side) return `${side.file}, ${numberText(side.rows)} rows of ${columns}`;
  const rows = side.count === null ? 'an unknown number of' : numberText(side.count);
  const extractor = side.extractor === null ? '' : ` by ${side.extractor}`;
  return `${side.file}, statistics of ${rows} rows of ${columns}${extractor}`;
}

function cells({ metric, k, value, standardError, interval, bias, extrapolate }: Row): string[] {
  const error = standardError ?? Number.NaN;
  const biases = {
    unknown: extrapolate === 'both' ? 'second order' : '-',
    none: 'none',
  };
  return [
    k === undefined ? metric : `${metric} (k = ${k})`,
    withError(value, error),
    interval === null ? '-' : intervalText(interval, error),
    bias === undefined
      ? ''
      : bias === null
        ? biases.unknown
        : bias === 0
          ? biases.none
          : String(Number(bias.toPrecision(3))),
  ];
}

/** What the numbers are of: those of the metrics that are there. */
function meanings(rows: readonly Row[], isOfOneSample: boolean): string[] {
  const has = (metric: string) => rows.some((row) => row.metric === metric && row.interval !== null);
  const infinity = rows.find(({ metric }) => metric === 'frechetDistanceInfinity');
  const lines: string[] = [];
  if (rows.some(({ standardError }) => standardError !== null)) lines.push('±: one standard error');
  if (rows.some(({ bias }) => bias !== undefined)) {
    const what = isOfOneSample
      ? 'samples of this size lies above their distribution'
      : 'samples of these sizes lies above the distributions';
    lines.push(`bias: how far the mean over ${what}`);
  }
  if (has('frechetDistance')) lines.push('frechetDistance: interval of that mean, which the bias is part of');
  if (infinity?.extrapolate === 'both') {
    lines.push('frechetDistanceInfinity: of the distributions, extrapolated over both samples');
  }
  if (infinity?.extrapolate === 'generated') {
    lines.push(
      `frechetDistanceInfinity: extrapolated over the generated samples alone; the real side counts as exact, and its own bias ${infinity.bias === null ? '(-: unknown) ' : ''}stays`,
    );
  }
  if (has('kernelDistance')) lines.push('kernelDistance: of the distributions');
  return lines;
}
