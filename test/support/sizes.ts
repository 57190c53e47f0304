// How often a statistical test repeats its experiment. Limits are multiples of a standard error that the test computes itself,
// so they fit any number of repetitions. MADLOOP_TEST_SIZE=full asks for the full number, as .ci/run full does.

const asked = process.env.MADLOOP_TEST_SIZE ?? '';
if (!['', 'full'].includes(asked)) throw new Error(`MADLOOP_TEST_SIZE must be full or unset, got '${asked}'`);

export const fullSize = asked === 'full';

/** So many repetitions in the full run, a quarter of them otherwise. */
export function repetitions(full: number): number {
  return fullSize ? full : Math.ceil(full / 4);
}
