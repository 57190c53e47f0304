// What `madloop limit` and `madloop ess` have in common: the same parameters, at the same cost.

import { resolve, type ValuesOf } from '../../base/options.js';
import { limitPointSeconds } from '../../limits/cost.js';
import { limitPointParameters } from '../../limits/estimate-limit-point.js';
import type { Cost } from '../terminal/cost.js';

export const largeDimensionNote =
  'the large-d limit: no standard error, and the less accurate the smaller d is';

type Values = ValuesOf<typeof limitPointParameters>;

export const limitPointVerb = {
  parameters: limitPointParameters,
  resolve: (given: unknown): Values => resolve('limit', given, limitPointParameters),
  cost: ({ method, ...parameters }: Values): Cost | undefined =>
    method === 'deterministic'
      ? undefined
      : {
          seconds: limitPointSeconds('limitPoint', parameters),
          dim: parameters.dim,
          instead:
            parameters.variant === 'fresh-data' && parameters.memory === 1
              ? '--method deterministic answers in a second'
              : 'a larger --relative-error takes less',
        },
};
