import type { GaussianLoopOptions } from '../../../src/index.js';

type Sizes = Pick<
  GaussianLoopOptions,
  'variant' | 'initial' | 'real' | 'realFixed' | 'realFresh' | 'synthetic'
>;

/**
 * Every variant with each pool that both engines know and with memory 1 and 3, with these sample counts; in the combined loop
 * two of the real samples stay.
 */
export function everyLoop({
  initial,
  real,
  synthetic,
}: {
  readonly initial: number;
  readonly real: number;
  readonly synthetic: number;
}) {
  const variants: Sizes[] = [
    { variant: 'fully-synthetic', initial, synthetic },
    { variant: 'synthetic-augmentation', real, synthetic },
    { variant: 'fresh-data', initial, real, synthetic },
    { variant: 'combined', initial, realFixed: 2, realFresh: real, synthetic },
  ];
  return variants.flatMap((sizes) =>
    (['latest', 'accumulate'] as const).flatMap((pool) =>
      [1, 3].map((memory) => ({ ...sizes, pool, memory }) as const),
    ),
  );
}
