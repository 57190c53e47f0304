import { type Call, turn } from '../base/abortable.js';
import { mustError } from '../base/check.js';
import { number, resolve, rows, type TableOf } from '../base/options.js';
import type { Matrix } from '../base/shapes.js';

/** Where the modes of the real distribution are, as the metrics of modes take them. */
export interface Modes {
  /** A row a mode, in the space of the data. */
  readonly centres: Matrix;
  /** A sample this close to its nearest centre shows that the mode is alive: 3 standard deviations of a mode, say. */
  readonly radius: number;
}

/** What is left of the modes in a sample. */
export interface ModeMetrics {
  /** Mean, over the modes with at least two samples, of the trace of the covariance (divisor n - 1) of the mode's samples. */
  readonly averageModalVariance: number;
  /** Modes with at least one sample within the radius of their centre. */
  readonly modesCovered: number;
}

// Multiplications before the event loop gets a turn: about 2 ms.
const workPerTurn = 2 ** 21;

/**
 * Assigns each sample to the mode whose centre is nearest (to the first of equally near ones) and looks at the modes one
 * by one. NaN for the average where no mode has two samples. Rejects with ERR_ABORTED.
 * Source of the counting of modes: Srivastava et al., NeurIPS 2017 (VEEGAN), section 4.1.
 */
export async function modeMetrics(x: Matrix, { centres, radius }: Modes, call?: Call): Promise<ModeMetrics> {
  const assigned = await nearestCentres(x, centres, call);
  let covered = 0;
  let varianceSum = 0;
  let modesWithVariance = 0;
  for (let mode = 0; mode < centres.rows; mode += 1) {
    const rows = assigned.rowsOf[mode]!;
    if (rows.some((row) => assigned.distanceSquared[row]! <= radius * radius)) covered += 1;
    if (rows.length < 2) continue;
    varianceSum += traceOfCovariance(x, rows);
    modesWithVariance += 1;
    await turn(call);
  }
  return { averageModalVariance: varianceSum / modesWithVariance, modesCovered: covered };
}

const modesOptions = {
  centres: rows().and((where, argument, { data, cols }) => {
    const wrong = data.findIndex((element) => !Number.isFinite(element));
    if (wrong < 0) return;
    const [row, col] = [Math.floor(wrong / cols), wrong % cols];
    throw mustError(where, argument, 'be finite', `${data[wrong]} at row ${row}, column ${col}`);
  }),
  radius: number(0, Number.MAX_VALUE),
} satisfies TableOf<Modes>;

/** Checks modes. */
export function checkModes(where: string, argument: string, value: unknown): Modes {
  return resolve({ where, argument, prefix: `${argument}.` }, value, modesOptions);
}

async function nearestCentres(
  x: Matrix,
  centres: Matrix,
  call: Call | undefined,
): Promise<{ rowsOf: number[][]; distanceSquared: Float64Array }> {
  const rowsOf: number[][] = Array.from({ length: centres.rows }, () => []);
  const distanceSquared = new Float64Array(x.rows);
  const step = Math.max(1, Math.floor(workPerTurn / (centres.rows * x.cols)));
  for (let row = 0; row < x.rows; row += 1) {
    if (row % step === step - 1) await turn(call);
    let nearest = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let mode = 0; mode < centres.rows; mode += 1) {
      let sum = 0;
      for (let col = 0; col < x.cols; col += 1) {
        const difference = x.data[row * x.cols + col]! - centres.data[mode * x.cols + col]!;
        sum += difference * difference;
      }
      if (sum < least) [nearest, least] = [mode, sum];
    }
    rowsOf[nearest]!.push(row);
    distanceSquared[row] = least;
  }
  return { rowsOf, distanceSquared };
}

/** Sum over columns of the variance (divisor n - 1) of these rows: two passes, so that a distant mean costs nothing. */
function traceOfCovariance(x: Matrix, rows: readonly number[]): number {
  let sum = 0;
  for (let col = 0; col < x.cols; col += 1) {
    const mean = rows.reduce((total, row) => total + x.data[row * x.cols + col]!, 0) / rows.length;
    sum += rows.reduce((total, row) => {
      const difference = x.data[row * x.cols + col]! - mean;
      return total + difference * difference;
    }, 0);
  }
  return sum / (rows.length - 1);
}
