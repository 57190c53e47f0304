import { expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import type { Matrix } from '../../src/base/shapes.js';
import { autophagousLoop } from '../../src/loops/autophagous-loop.js';
import { bestOf } from '../../src/models/best-of.js';
import type { GenerativeModel } from '../../src/models/generative-model.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';

test('a curated model with resources is opened once for a loop, and closed at its end', async () => {
  const calls: string[] = [];
  const zeros = (count: number) => matrix(new Float64Array(2 * count), count, 2);
  const fit = () => ({ sample: (count: number) => zeros(count) });
  const model: GenerativeModel = {
    fit() {
      calls.push('fit without resources');
      return fit();
    },
    open() {
      calls.push('open');
      return {
        fit() {
          calls.push('fit');
          return fit();
        },
        close: () => void calls.push('close'),
      };
    },
  };
  const loop = autophagousLoop({
    variant: 'fully-synthetic',
    reference: gaussianReference({ dim: 2 }),
    model: bestOf(model, { candidates: 2, score: (x: Matrix) => new Float64Array(x.rows) }),
    initial: 5,
    synthetic: 5,
    generations: 2,
  });
  for await (const _ of loop);
  expect(calls).toEqual(['open', 'fit', 'fit', 'close']);
});
