import { oneOf } from './options.js';

/** What fitted covariances are divided by: N - 1 ('unbiased') or N ('mle', maximum likelihood). */
const divisors = ['unbiased', 'mle'] as const;

export type Divisor = (typeof divisors)[number];

/** The option `divisor`. */
export const divisorOption = oneOf(divisors)
  .or('unbiased')
  .doc('divisor of fitted covariances, N - 1 or N')
  .flag('<divisor>');
