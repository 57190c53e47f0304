// Holds `advise` against 60 random settings by Monte Carlo, 10 of them with memory and 10 with a detector, and prints a line each and
// the sums: node scripts/advise-against-monte-carlo.mjs [seed] [first] [end]. Minutes of one core.
import { admissibleThreshold, advise, effectiveSampleSize, expectedDistance, limitPoint } from 'madloop';

const [seed, first, end] = [1, 0, 60].map((usual, i) => Number(process.argv[2 + i] ?? usual));
let state = seed;

/** Uniform on 0 to 1: mulberry32. */
function uniform() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const between = (low, high) => low + (high - low) * uniform();
const logarithmic = (low, high) => Math.round(Math.exp(between(Math.log(low), Math.log(high))));

function setting(i) {
  const memory = i >= 50 ? logarithmic(2, 5) : 1;
  const dim = memory > 1 ? logarithmic(5, 60) : logarithmic(5, 200);
  const real = logarithmic(Math.max(4, 0.7 * dim), 100 * dim);
  const detector = i >= 40 &&
    i < 50 && { truePositiveRate: between(0.3, 0.95), falsePositiveRate: between(0, 0.05) };
  const lambda = uniform() < 0.15 ? 1 : between(0.2, 0.98);
  return { dim, real, syntheticShare: between(0.05, 0.9), lambda, memory, ...detector };
}

const threads = 1;
const counts = { held: 0, meets: 0, thresholds: 0, close: 0, all: 0 };
for (let i = 0; i < end; i += 1) {
  const question = setting(i);
  if (i < first) continue;
  const { dim, lambda, memory, truePositiveRate = 0 } = question;
  const answer = await advise({ ...question, threads });
  const { kept, real } = answer.inputs;
  const ends = answer.band ?? answer.interval;
  // Of other random numbers; for a band more precise than that is wide.
  const width = (ends[1] - ends[0]) / answer.ratio;
  const relativeError = answer.band ? Math.min(2e-3, Math.max(2e-5, width / 8)) : 1e-3;
  const loop = { dim, real: kept.real, synthetic: kept.synthetic, lambda, memory, seed: 77, threads };
  const size = await effectiveSampleSize({ ...loop, relativeError });
  const ratio = size.effectiveSampleSize / real;
  const meets = size.interval[1] / real >= ends[0] && size.interval[0] / real <= ends[1];
  // Of two answers by Monte Carlo, with errors alike, the intervals must meet.
  const holds = answer.band ? ratio >= ends[0] && ratio <= ends[1] : meets;
  counts.held += holds;
  counts.meets += meets;
  counts.all += 1;
  let threshold = '';
  if (lambda < 1 && memory === 1 && answer.threshold?.bounded === 'yes') {
    const { synthetic, band, interval } = answer.threshold;
    const [low, high] = band ?? interval;
    counts.thresholds += 1;
    if (truePositiveRate === 0) {
      const exact = await admissibleThreshold({ dim, real, lambda, relativeError: 1e-2, seed: 77, threads });
      // To advise, a collapsed model is no help, however bad few real samples alone are.
      const collapses = exact.beforeCollapse < exact.synthetic;
      const most = collapses ? Math.floor(exact.beforeCollapse) : exact.synthetic;
      const error = synthetic / most - 1;
      const inBand = collapses ? synthetic === most : exact.interval[1] >= low && exact.interval[0] <= high;
      counts.close += dim >= 50 ? Math.abs(error) <= 0.02 : inBand;
      threshold = `threshold ${synthetic.toFixed(1)} (${(100 * error).toFixed(3)} % off${collapses ? ', a collapse' : ''})`;
    } else {
      // Two percent below and above, the loop is on either side of its real samples before the detector.
      const target = await expectedDistance({ dim, samples: real });
      const left = (factor) => ({
        ...loop,
        synthetic: Math.round(factor * synthetic * (1 - truePositiveRate)),
      });
      const [below, above] = await Promise.all(
        [0.98, 1.02].map((factor) => limitPoint({ ...left(factor), relativeError: 5e-4 })),
      );
      // Or it collapses there, by the exact variance.
      const { stationaryVariance } = await effectiveSampleSize({ ...left(1.02), method: 'deterministic' });
      const within = below.distance < target && (above.distance > target || stationaryVariance < 0.09);
      counts.close += within;
      threshold = `threshold ${synthetic.toFixed(1)} (${within ? 'within 2 %' : 'OFF'})`;
    }
  }
  const name = `d ${dim}, ${real} + ${answer.inputs.synthetic}, lambda ${lambda.toFixed(3)}, memory ${memory}`;
  const kind = `${answer.method}${truePositiveRate > 0 ? ', detector' : ''}`;
  const off = (100 * (answer.ratio / ratio - 1)).toFixed(4);
  console.log(
    `${i} | ${name} | ${kind} | ${answer.ratio.toFixed(5)} [${ends.map((end) => end.toFixed(5)).join(', ')}] | ${ratio.toFixed(5)}, ${off} % off | ${holds ? 'holds' : meets ? 'meets' : 'MISSES'} | ${answer.verdict} | ${threshold}`,
  );
}
console.log(
  `${counts.held} of ${counts.all} bands hold the Monte Carlo n_e (or intervals meet its interval), ${counts.meets} meet its interval; ` +
    `${counts.close} of ${counts.thresholds} thresholds are within 2 % (d >= 50) or their band (below)`,
);
