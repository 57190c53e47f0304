import type { Matrix } from '../../src/base/shapes.js';
import type { FittedModel, GenerativeModel, SampleOptions } from '../../src/models/generative-model.js';
import type { Reference } from '../../src/references/reference.js';

/** A training row, as the recording model and reference mark them: who made it (0: real) and its number. */
export interface MarkedRow {
  readonly maker: number;
  readonly number: number;
}

/**
 * A model that learns nothing and writes down what it is given: generation t's samples are rows (t, 1), (t, 2), ...,
 * numbered over all calls.
 */
export class RecordingModel implements GenerativeModel {
  readonly name = 'recorder';
  /** Training sets, generation 1 first. */
  readonly trainingSets: MarkedRow[][] = [];
  readonly sampleCalls: { maker: number; count: number; options: SampleOptions }[] = [];

  fit(data: Matrix): FittedModel {
    this.trainingSets.push(
      Array.from({ length: data.rows }, (_, i) => ({
        maker: data.data[2 * i]!,
        number: data.data[2 * i + 1]!,
      })),
    );
    const maker = this.trainingSets.length;
    let number = 0;
    return {
      moments: { dim: 2, mean: new Float64Array(2), covariance: Float64Array.of(1, 0, 0, 1) },
      sample: (count, options) => {
        this.sampleCalls.push({ maker, count, options });
        number += count;
        return markedRows(maker, number - count, number);
      },
    };
  }
}

/** Real rows (0, 1), (0, 2), ... without end. */
export const markedReference: Reference = {
  dim: 2,
  moments: () => ({ dim: 2, mean: new Float64Array(2), covariance: Float64Array.of(1, 0, 0, 1) }),
  open() {
    let number = 0;
    return {
      draw(count) {
        number += count;
        return markedRows(0, number - count, number);
      },
    };
  },
};

function markedRows(maker: number, before: number, last: number): Matrix {
  const rows = last - before;
  const data = Float64Array.from({ length: 2 * rows }, (_, i) =>
    i % 2 === 0 ? maker : before + 1 + (i - 1) / 2,
  );
  return { data, rows, cols: 2 };
}
