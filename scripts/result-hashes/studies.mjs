// Studies in a temporary store. The store itself holds times and is not looked at.

import { join } from 'node:path';
import { explainStudy, readStudy, runStudy } from '../../dist/index.js';
import { deterministic } from './record.mjs';

/** Runs the study and reads it again from its store. */
const stored =
  (name, definition) =>
  async ({ folder }) => {
    const store = join(folder, `${name}.sqlite`);
    const result = await runStudy({ name, seed: 2, ...definition }, { store });
    return deterministic({ result, again: await readStudy(store) });
  };

const study = (name, definition) => stored(name, { relativeError: 0.05, ...definition });
const loops = (name, definition) =>
  stored(name, { kind: 'loop', generations: 4, replicates: 3, ...definition });

export const calls = {
  'runStudy, readStudy grid': study('grid', {
    dim: 3,
    real: '5:20:3:log',
    synthetic: [10, 40],
    lambda: '0.8,1',
  }),
  'runStudy, readStudy total and share': study('share', {
    ...{ dim: 2, total: 40, realFraction: '0.25:0.75:3', memory: [1, 2] },
    ...{ variant: 'synthetic-augmentation', divisor: 'mle' },
  }),
  'runStudy, readStudy list': study('list', {
    dim: 4,
    cells: [
      { real: 10, synthetic: 20 },
      { real: 6, synthetic: 0, lambda: 0.5 },
      { real: 1, synthetic: 1 }, // has no finite variance, or no n_e
    ],
  }),
  'runStudy, readStudy deterministic': study('deterministic', {
    ...{
      method: 'deterministic',
      dim: [50, 500],
      real: '100:1000:4:log',
      synthetic: '100:10000:4:log',
      lambda: '0.7,1',
    },
  }),
  'runStudy, readStudy loops': loops('loops', {
    ...{ variant: ['fully-synthetic', 'synthetic-augmentation', 'fresh-data'], dim: [1, 3], real: 12 },
    synthetic: [10, { schedule: [0, 5, 20] }],
  }),
  'runStudy, readStudy loops of models': loops('models', {
    model: ['gaussian', 'gmm', 'kde', 'bootstrap'],
    ...{ components: 2, dim: 2, real: 30, synthetic: 30, lambda: 0.9, metrics: ['distance', 'precision'] },
  }),
  'explainStudy cells': async () => {
    const { cells } = await explainStudy({ dim: [2, 3], real: '10:40:3:log', synthetic: 20 });
    return { cells };
  },
};
