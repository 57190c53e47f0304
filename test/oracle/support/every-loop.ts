import type { GaussianLoopOptions } from '../../../src/index.js';

type Sizes = Pick<GaussianLoopOptions, 'variant' | 'initial' | 'real' | 'synthetic'>;

/** Every variant with every pool and with memory 1 and 3, with these sample counts. */
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
  ];
  return variants.flatMap((sizes) =>
    (['latest', 'accumulate'] as const).flatMap((pool) =>
      [1, 3].map((memory) => ({ ...sizes, pool, memory }) as const),
    ),
  );
}
