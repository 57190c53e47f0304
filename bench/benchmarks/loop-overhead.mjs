// As the model and the reference themselves: the loop has them draw into its training set.
import { takesMemory } from '../../dist/models/sample-memory.js';
import { interleave } from '../lib/interleave.mjs';
import { duration, timing } from '../lib/report.mjs';
import { summarise } from '../lib/statistics.mjs';

export const title = "The loop's own cost per generation beside fit and sample, n = 10,000, d = 64, no metrics";

const dim = 64;
const real = 5_000;
const synthetic = 5_000;
const generations = 20;
/** The most that the loop may cost, in parts of fit and sample. */
const limit = 0.05;

const loops = {
  'fully synthetic, 10,000': { variant: 'fully-synthetic', initial: 10_000, synthetic: 10_000 },
  'fresh data, 5,000 + 5,000': { variant: 'fresh-data', initial: 10_000, real, synthetic },
  'fresh data, 5,000 + 5,000 of 4 models': {
    variant: 'fresh-data',
    initial: 10_000,
    real,
    synthetic,
    memory: 4,
  },
};

export async function run({ madloop, threads, rounds }) {
  const rows = [];
  const noisy = [];
  const data = [];
  for (const [name, loop] of Object.entries(loops)) {
    const steps = [];
    const contender = async (round) => {
      const generation = await medianGeneration(madloop, loop, threads);
      if (round >= 0) steps.push(generation.steps);
      return generation.own;
    };
    const { timings, foreign, noisy: reasons } = await interleave({ own: contender }, { rounds });
    const median = summarise(steps).median;
    const share = timings.own.median / median;
    rows.push([
      name,
      duration(median),
      timing(timings.own),
      `**${(100 * share).toFixed(1)} %**`,
      share <= limit ? `below ${100 * limit} %` : `over ${100 * limit} %`,
    ]);
    noisy.push(...reasons.map((reason) => `${name}: ${reason}`));
    data.push({ name, steps: median, share, timings, foreign });
  }
  return {
    columns: ['loop', 'fit, sample and real samples', "the loop's own", 'share', 'goal'],
    rows,
    notes: [
      `Medians over ${generations} generations of each run. The loop's own time is what is left of a generation when the calls of the ` +
        'model and the reference are taken off: checking what it was given, seeds, turns of the event loop. Model and reference are ' +
        "madloop's own, which draw into the training set; samples of others are copied there, 5 MB in about half a millisecond.",
    ],
    noisy,
    disagreements: [],
    data,
  };
}

/** Of a run, the median generation's seconds in the calls of model and reference, and outside of them. */
async function medianGeneration(madloop, loop, threads) {
  let steps = 0;
  const timed = async (call) => {
    const start = process.hrtime.bigint();
    const result = await call();
    steps += Number(process.hrtime.bigint() - start) / 1e9;
    return result;
  };
  const gaussian = madloop.gaussian();
  const distribution = madloop.gaussianReference({ dim });
  const model = {
    fit: (x, options) =>
      timed(async () => {
        const fitted = await gaussian.fit(x, options);
        return { sample: takesMemory((count, draw) => timed(() => fitted.sample(count, draw))) };
      }),
  };
  const reference = {
    dim,
    moments: () => distribution.moments(),
    open: (seed) => {
      const samples = distribution.open(seed);
      return { draw: takesMemory((count, options) => timed(() => samples.draw(count, options))) };
    },
  };
  const own = [];
  const called = [];
  let last = process.hrtime.bigint();
  for await (const _ of madloop.autophagousLoop({
    ...loop,
    model,
    reference,
    generations,
    threads,
    metrics: [],
  })) {
    const now = process.hrtime.bigint();
    own.push(Number(now - last) / 1e9 - steps);
    called.push(steps);
    [last, steps] = [now, 0];
  }
  // The first has no synthetic samples, but the references' moments.
  return { own: summarise(own.slice(1)).median, steps: summarise(called.slice(1)).median };
}
