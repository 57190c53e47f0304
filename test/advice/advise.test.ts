import { describe, expect, test } from 'vitest';
import { adviseSeconds } from '../../src/advice/advise.js';
import { effectiveRank } from '../../src/advice/effective-rank.js';
import {
  monteCarloLeastReal,
  monteCarloRealToMakeUp,
  monteCarloThreshold,
} from '../../src/advice/monte-carlo-search.js';
import { Plan } from '../../src/advice/plan.js';
import { limitsByMonteCarlo, worthsOf } from '../../src/advice/worth.js';
import { MadloopError } from '../../src/base/errors.js';
import {
  type AdviseOptions,
  admissibleThreshold,
  advise,
  effectiveSampleSize,
  expectedDistance,
  limitPoint,
  type Worth,
} from '../../src/index.js';
import { leastVariance, stationaryVariance } from '../../src/limits/stationary-variance.js';

// 10,000 real samples, 30 % of the crawl synthetic, guidance 0.5.
const question = { real: 10_000, syntheticShare: 0.3, guidance: 0.5, dim: 100 };
const loop = { dim: 100, real: 10_000, synthetic: 4_286, lambda: 2 / 3 };
const answer = advise(question);

const plain = {
  memory: 1,
  truePositiveRate: 0,
  falsePositiveRate: 0,
  method: 'auto',
  precise: false,
  relativeError: 0.01,
  seed: 0n,
} as const;
const settings = { where: 'advise', threads: 1 };

describe('advise, by the deterministic method', () => {
  test('says what the effective sample size says, and how much hangs on d', async () => {
    const advice = await answer;
    const size = await effectiveSampleSize({ ...loop, method: 'deterministic' });
    expect(advice.inputs).toMatchObject({ real: 10_000, synthetic: 4_286, lambda: 2 / 3, dim: 100, memory: 1 });
    expect(advice).toMatchObject({
      method: 'deterministic',
      measured: true,
      verdict: 'hurts',
      admissible: false,
    });
    expect(advice.effectiveSampleSize).toBe(size.effectiveSampleSize);
    expect(advice.band).toEqual(size.band!.map((end) => end / 10_000));
    expect(advice.interval).toEqual([Number.NaN, Number.NaN]);
    expect(advice.ratio).toBeCloseTo(0.4356, 3);
    expect(advice.collapse).toBe(size.limit.distance / 100);
  });

  test('its band holds the effective sample size by Monte Carlo', async () => {
    const { band } = await advise({ dim: 30, real: 60, synthetic: 15, lambda: 0.85 });
    const { ratio } = await effectiveSampleSize({ dim: 30, real: 60, synthetic: 15, lambda: 0.85 });
    expect(band![0]).toBeLessThan(ratio);
    expect(band![1]).toBeGreaterThan(ratio);
    // Within a percent: else it would say nothing.
    expect(band![1] / band![0]).toBeLessThan(1.02);
  });

  test('finds the admissible threshold, within its band', async () => {
    for (const [dim, real, lambda] of [
      [100, 10_000, 2 / 3],
      [20, 50, 0.7],
    ] as const) {
      const { threshold } = dim === 100 ? await answer : await advise({ dim, real, synthetic: 10, lambda });
      const exact = await admissibleThreshold({ dim, real, lambda });
      expect(threshold!.bounded).toBe('yes');
      expect(Math.abs(threshold!.synthetic / exact.synthetic - 1)).toBeLessThan(0.002);
      expect(threshold!.band![0]).toBeLessThan(exact.interval[1]);
      expect(threshold!.band![1]).toBeGreaterThan(exact.interval[0]);
    }
    expect((await advise({ dim: 20, real: 60, synthetic: 10 })).threshold).toMatchObject({
      bounded: 'unbounded',
      synthetic: Number.POSITIVE_INFINITY,
    });
  });

  test('inverts for real samples: where they do no harm, and where they make up for it', async () => {
    const advice = await advise(loop);
    // Beyond what is admissible beside endless real samples, about 1,000 here, no number of them will do.
    expect(advice.leastReal).toMatchObject({ bounded: 'none', real: Number.POSITIVE_INFINITY });
    const real = Math.round(advice.realToMakeUp!.real);
    const made = await effectiveSampleSize({ ...loop, real, method: 'deterministic' });
    expect(made.effectiveSampleSize / 10_000).toBeCloseTo(1, 4);

    const few = { dim: 20, real: 100, synthetic: 420, lambda: 0.8 };
    const more = await advise(few);
    expect(more.verdict).toBe('hurts');
    expect(more.leastReal!.bounded).toBe('yes');
    const [below, above] = await Promise.all(
      [0.97, 1.03].map((factor) =>
        effectiveSampleSize({
          ...few,
          real: Math.round(factor * more.leastReal!.real),
          method: 'deterministic',
        }),
      ),
    );
    expect([below!.ratio < 1, above!.ratio > 1]).toEqual([true, true]);
  });

  test('real samples are exact within their band: where they make up for harm, and where a model collapses', async () => {
    const most = { dim: 100, real: 100_000, synthetic: 100_000, lambda: 0.5 };
    const { real, band } = (await advise(most)).realToMakeUp!;
    expect(band![1] - band![0]).toBeLessThan(1);
    const ratioAt = async (count: number) =>
      (await effectiveSampleSize({ ...most, real: count, method: 'deterministic' })).effectiveSampleSize /
      most.real;
    expect(await ratioAt(Math.floor(real))).toBeLessThan(1);
    expect(await ratioAt(Math.ceil(real))).toBeGreaterThanOrEqual(1);

    const few = { dim: 9_000, real: 8_000, synthetic: 20_000, lambda: 0.5 };
    const { leastReal } = await advise(few);
    const varianceAt = (count: number) =>
      stationaryVariance({ ...few, variant: 'fresh-data', divisor: 'unbiased', memory: 1, real: count });
    const edge = Math.ceil(leastReal!.real);
    expect([varianceAt(edge - 1) < leastVariance, varianceAt(edge) < leastVariance]).toEqual([true, false]);
  });

  test('beside one real sample, two are the least that do no harm, where they do none', async () => {
    const two = { real: 2, bounded: 'yes' };
    const collapsed = { dim: 20, real: 1, synthetic: 30, lambda: 0.5 };
    const one = await advise({ ...collapsed, method: 'deterministic' });
    expect(one).toMatchObject({ verdict: 'collapsed', leastReal: two });
    const oneLoop = { ...plain, dim: 1, real: 1, synthetic: 1, lambda: 0.5, relativeError: 0.1 };
    expect(await monteCarloLeastReal(oneLoop, false, settings)).toMatchObject(two);
    // Two of these collapse, too.
    const more = await advise({ ...collapsed, synthetic: 60, method: 'deterministic' });
    expect(more.leastReal!.real).toBeGreaterThan(2.5);
    expect(more.leastReal!.real).toBeLessThan(3);
  });

  test('a share that was asked for is held where the number of real samples varies', async () => {
    const advice = await answer;
    expect(advice.inputs.heldShare).toBe(0.3);
    // A million real samples at this share are worth 6,278.
    expect((await advise({ ...question, real: 1_000_000 })).effectiveSampleSize).toBeLessThan(10_000);
    expect(advice).toMatchObject({ leastReal: { bounded: 'none' }, realToMakeUp: { bounded: 'none' } });
    expect(advice.levers[0]).toMatchObject({ lever: 'twice the real', real: 20_000, synthetic: 8_571 });
    // Where a number makes up for the harm, it does so at the share.
    const costly = { dim: 20, syntheticShare: 0.5, truePositiveRate: 0.9, falsePositiveRate: 0.3 };
    const { verdict, realToMakeUp } = await advise({ ...costly, real: 2_000 });
    expect([verdict, realToMakeUp!.bounded]).toEqual(['hurts', 'yes']);
    const made = await advise({ ...costly, real: Math.ceil(realToMakeUp!.real) });
    expect(made.effectiveSampleSize / 2_000).toBeCloseTo(1, 2);
    // By Monte Carlo, too: endless samples of which half are synthetic are 0.1795 away, 200 real ones alone 0.1890 and 2,000 less.
    const asked = { ...plain, dim: 10, lambda: 2 / 3, heldShare: 0.5, relativeError: 0.05 };
    const madeUp = (real: number) => monteCarloRealToMakeUp({ ...asked, real, synthetic: real }, settings);
    expect((await madeUp(200)).real).toBeCloseTo(2_061, -1);
    expect(await madeUp(2_000)).toMatchObject({ bounded: 'none' });
  });

  test('a lever helps or hurts by its own real samples, and its ratio is over those that there are', async () => {
    const [twice] = (await advise(loop)).levers;
    expect(twice).toMatchObject({ lever: 'twice the real', real: 20_000, synthetic: 4_286, verdict: 'hurts' });
    expect(twice!.ratio).toBeGreaterThan(1);
    expect(twice!.effectiveSampleSize).toBeLessThan(20_000);
  });

  test.each([
    [{ real: 1, syntheticShare: 0.3, dim: 3 }, 'real must be at least 2 beside 0 synthetic samples, got 1'],
    [{ real: 1, synthetic: 5, truePositiveRate: 1, dim: 3 }, 'truePositiveRate must leave'],
    [{ real: 5, synthetic: 9, falsePositiveRate: 0.95, dim: 3 }, 'falsePositiveRate must leave'],
    [{ real: 5, synthetic: 9 }, "dim must be given, or the option 'reference' in its place"],
  ])('what is wrong is named: %j', async (asked, message) => {
    await expect(advise(asked)).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: expect.stringContaining(`advise: ${message}`),
    });
  });

  test('finds the best number of synthetic samples: others are no better', async () => {
    const { bestSynthetic, levers } = await answer;
    const at = async (synthetic: number) =>
      (await limitPoint({ ...loop, synthetic: Math.round(synthetic), method: 'deterministic' })).distance;
    const best = await at(bestSynthetic!);
    for (const factor of [0.5, 0.9, 1.1, 2]) expect(await at(factor * bestSynthetic!)).toBeGreaterThan(best);
    expect(levers.find(({ lever }) => lever === 'best synthetic')).toMatchObject({
      synthetic: bestSynthetic,
      verdict: 'helps',
    });
    expect((await advise({ dim: 20, real: 60, synthetic: 10 })).bestSynthetic).toBe(Number.POSITIVE_INFINITY);
  });

  test('levers are loops with one thing changed, against the real samples that there are', async () => {
    const { levers } = await answer;
    expect(levers.map(({ lever }) => lever)).toEqual([
      ...['twice the real', 'half the synthetic', 'best synthetic', 'half the bias', 'no bias', 'a detector'],
    ]);
    for (const { real, synthetic, lambda, truePositiveRate, falsePositiveRate, ratio } of levers) {
      const kept = {
        real: Math.round(real * (1 - falsePositiveRate)),
        synthetic: Math.round(synthetic * (1 - truePositiveRate)),
      };
      const { effectiveSampleSize: size } = await effectiveSampleSize({
        ...loop,
        ...kept,
        lambda,
        method: 'deterministic',
      });
      expect(ratio).toBe(size / 10_000);
    }
  });

  test('sensitivity has the answer in its middle', async () => {
    const { sensitivity, ratio } = await answer;
    const { dims, lambdas, cells } = sensitivity!;
    expect([dims.length, lambdas.length]).toEqual([7, 7]);
    expect([dims[3], lambdas[3], cells[3]![3]!.ratio]).toEqual([100, 2 / 3, ratio]);
    expect([dims[0], dims[6], lambdas[6]]).toEqual([25, 400, 1]);
    expect(lambdas.every((lambda, i) => i === 0 || lambda > lambdas[i - 1]!)).toBe(true);
  });

  test('a detector thins the samples out, and is held against those before it: without bias it hurts', async () => {
    const rates = { truePositiveRate: 0.9, falsePositiveRate: 0.01 };
    const unfiltered = await advise({ dim: 20, real: 20_000, synthetic: 20_000 });
    const filtered = await advise({ dim: 20, real: 20_000, synthetic: 20_000, ...rates });
    expect(filtered.inputs.kept).toEqual({ real: 19_800, synthetic: 2_000 });
    // (1 - FPR) (1 + q') of the mean at n >> d, q' the share of synthetic samples that is left; 1 + q without.
    const [share, left] = [0.5, 2_000 / 21_800];
    expect(unfiltered.ratio).toBeCloseTo(1 + share, 2);
    expect(filtered.ratio).toBeCloseTo(0.99 * (1 + left), 2);
    // It pays where there is bias.
    expect((await advise({ ...question, ...rates })).ratio).toBeGreaterThan(1);
    // A detector that takes real samples for synthetic ones and leaves none of these does harm alone.
    const blind = await advise({ ...question, truePositiveRate: 1, falsePositiveRate: 0.1 });
    expect(blind).toMatchObject({
      verdict: 'hurts',
      threshold: { bounded: 'none', synthetic: 0 },
      bestSynthetic: 0,
    });
  });

  test('without synthetic samples there is nothing to judge', async () => {
    const none = await advise({ dim: 30, real: 500, synthetic: 0, lambda: 0.9 });
    expect(none).toMatchObject({ verdict: 'none', ratio: 1, band: [1, 1], admissible: true });
    expect(none.bestSynthetic).toBeGreaterThan(100);
  });

  test('of a reference, answers stand side by side for its columns and its effective rank', async () => {
    const dim = 40;
    const covariance = Float64Array.from({ length: dim * dim }, (_, i) =>
      i % (dim + 1) === 0 ? 1 / (1 + i / (dim + 1)) : 0,
    );
    const ranks = Array.from({ length: dim }, (_, i) => i + 1);
    const harmonic = ranks.reduce((sum, i) => sum + 1 / i, 0);
    const squares = ranks.reduce((sum, i) => sum + 1 / i ** 2, 0);
    const rank = effectiveRank(dim, covariance);
    expect(rank).toBeCloseTo(harmonic ** 2 / squares, 10);
    const reference = { mean: new Float64Array(dim), covariance };
    const advice = await advise({ real: 2_000, synthetic: 500, lambda: 0.8, reference });
    expect([advice.dim, advice.atEffectiveRank?.dim]).toEqual([40, 11]);
    const alone = await advise({ real: 2_000, synthetic: 500, lambda: 0.8, dim: 11 });
    expect(advice.atEffectiveRank).toMatchObject({ ratio: alone.ratio, threshold: alone.threshold });
    const isotropic = Float64Array.from(covariance, (_, i) => (i % (dim + 1) === 0 ? 3 : 0));
    const one = await advise({
      real: 2_000,
      synthetic: 500,
      lambda: 0.8,
      reference: { ...reference, covariance: isotropic },
    });
    expect([one.dim, one.atEffectiveRank]).toEqual([40, undefined]);
  });

  test('answers for counts as large as they come', async () => {
    const endless = await advise({ dim: 12, real: 100, synthetic: 1e12, lambda: 0.5 });
    expect(endless).toMatchObject({ verdict: 'collapsed', leastReal: { bounded: 'none' } });
    expect(endless.collapse).toBeCloseTo(1, 3);
    expect(endless.realToMakeUp!.real).toBeGreaterThan(1e11);
  });

  test('does not depend on threads', async () => {
    const few = { dim: 12, real: 60, synthetic: 30, lambda: 0.9 };
    const [one, two] = [await advise({ ...few, threads: 1 }), await advise({ ...few, threads: 2 })];
    expect(one).toEqual(two);
  });
});

describe('advise, of models that shrink', () => {
  test('few samples alone are far from the data, too, and are no collapse', async () => {
    const few = { dim: 60, real: 30, method: 'deterministic' } as const;
    const alone = await advise({ ...few, synthetic: 0 });
    expect(alone.collapse).toBeGreaterThan(0.5);
    expect(alone).toMatchObject({ verdict: 'none', variance: 1, ratio: 1 });
    const more = await advise({ ...few, synthetic: 3 });
    expect(more.collapse).toBeGreaterThan(0.5);
    expect(more).toMatchObject({
      verdict: 'helps',
      threshold: { bounded: 'unbounded' },
      leastReal: { bounded: 'unbounded' },
    });
    for (const { verdict } of more.levers) expect(verdict).not.toBe('collapsed');
  });

  test('synthetic samples that are no worse than too few real ones do no harm up to the collapse', async () => {
    const few = { dim: 400, real: 20, lambda: 0.5, method: 'deterministic' } as const;
    const { threshold, bestSynthetic } = await advise({ ...few, synthetic: 10 });
    expect(threshold).toMatchObject({ bounded: 'yes', from: 0 });
    expect(bestSynthetic).toBeLessThanOrEqual(Math.ceil(threshold!.synthetic));
    const at = (synthetic: number) => advise({ ...few, synthetic });
    const most = Math.floor(threshold!.synthetic);
    expect([(await at(most)).verdict, (await at(most + 2)).verdict]).toEqual(['helps', 'collapsed']);
  });
});

test('a collapsed model is told at once, whatever n_e: no Monte Carlo beside few real samples', async () => {
  const { verdict, method, measured } = await advise({ dim: 2_048, real: 5, synthetic: 1e5, guidance: 3 });
  expect([verdict, method, measured]).toEqual(['collapsed', 'deterministic', false]);
});

describe('advise, beside a detector', () => {
  test.each([
    { dim: 50, real: 1_000, synthetic: 5_000, truePositiveRate: 0.5, falsePositiveRate: 0.3 },
    { dim: 50, real: 1_000, synthetic: 5_000, truePositiveRate: 0.1, falsePositiveRate: 0.45 },
    { dim: 10, real: 20, synthetic: 200, truePositiveRate: 0.2, falsePositiveRate: 0.3 },
  ])('loops without variance on the way of a search do harm: %j', async (asked) => {
    const { verdict, leastReal } = await advise(asked);
    expect([verdict, leastReal!.bounded]).toEqual(['helps', 'yes']);
    // Fewer leave one real sample and a half, of which there is no limit point.
    expect(leastReal!.real).toBeGreaterThan(1.4 / (1 - asked.falsePositiveRate));
    expect(leastReal!.real).toBeLessThan(asked.real / 2);
  });

  test('a threshold counts the real samples that are left as verdicts do: in whole numbers', async () => {
    // 14.6 of 15, which is 15: where 14.6 would collapse, 15 last for 2.8 % more synthetic ones.
    const rates = { truePositiveRate: 0.63, falsePositiveRate: 0.0275 };
    const few = { dim: 20, real: 15, lambda: 0.87, ...rates };
    const { threshold } = await advise({ ...few, synthetic: 13 });
    expect(threshold).toMatchObject({ bounded: 'yes', from: 0 });
    const at = (part: number) => advise({ ...few, synthetic: Math.round(part * threshold!.synthetic) });
    expect([(await at(0.995)).verdict, (await at(1.005)).verdict]).toEqual(['helps', 'collapsed']);
  });

  test('such loops do harm by Monte Carlo, too', async () => {
    const asked = { dim: 10, real: 20, synthetic: 200, truePositiveRate: 0.2, falsePositiveRate: 0.3 };
    const { real, bounded } = await monteCarloLeastReal(
      { ...plain, ...asked, lambda: 1, relativeError: 0.1 },
      true,
      settings,
    );
    expect(bounded).toBe('yes');
    expect(real).toBeLessThan(6);
  });

  test('too few synthetic samples hurt and more help: the numbers say both', async () => {
    const rates = { truePositiveRate: 0.1, falsePositiveRate: 0.3 };
    const unbiased = { dim: 50, real: 1_000, ...rates };
    const few = await advise({ ...unbiased, synthetic: 500 });
    expect(few).toMatchObject({ verdict: 'hurts', threshold: { bounded: 'unbounded' } });
    const { from, fromBand, fromInterval } = few.threshold!;
    expect(from).toBeGreaterThan(500);
    expect(fromInterval).toEqual([Number.NaN, Number.NaN]);
    expect(fromBand![0]).toBeLessThan(from);
    expect(fromBand![1]).toBeGreaterThan(from);
    // What the band of n_e / n_r says there is what this one says.
    const edges = await Promise.all(
      fromBand!.map((end) => advise({ ...unbiased, synthetic: Math.round(end) })),
    );
    expect(edges[0]!.band![1]).toBeCloseTo(1, 2);
    expect(edges[1]!.band![0]).toBeCloseTo(1, 2);
    const at = async (synthetic: number) => (await advise({ ...unbiased, synthetic })).ratio;
    expect(await at(Math.floor(0.99 * from))).toBeLessThan(1);
    expect(await at(Math.ceil(1.01 * from))).toBeGreaterThan(1);

    // With bias, between two numbers.
    const biased = { dim: 100, real: 1_000, lambda: 0.7, truePositiveRate: 0.2, falsePositiveRate: 0.05 };
    const { threshold } = await advise({ ...biased, synthetic: 10 });
    expect(threshold!.bounded).toBe('yes');
    const ratios = [];
    for (const synthetic of [0.95 * threshold!.from, 1.05 * threshold!.from, 0.95 * threshold!.synthetic])
      ratios.push((await advise({ ...biased, synthetic: Math.round(synthetic) })).ratio >= 1);
    expect(ratios).toEqual([false, true, true]);

    const byChance = await monteCarloThreshold(
      { ...plain, ...unbiased, lambda: 1, memory: 2, synthetic: 500, dim: 10, real: 40, relativeError: 0.05 },
      settings,
    );
    expect(byChance.bounded).toBe('unbounded');
    expect(byChance.from).toBeGreaterThan(1);
    expect(byChance.from).toBeLessThan(100);
    expect(byChance.fromInterval[0]).toBeLessThanOrEqual(byChance.from);
    expect(byChance.fromInterval[1]).toBeGreaterThanOrEqual(byChance.from);
  });
});

describe('advise, of one or two real samples', () => {
  test.each([
    { dim: 20, real: 1, synthetic: 5 },
    { dim: 20, real: 3, synthetic: 20, truePositiveRate: 0.5, falsePositiveRate: 0.5 },
  ])('answers although such a loop without synthetic samples is none: %j', async (few) => {
    const { threshold, levers, leftOut } = await advise({
      ...few,
      lambda: 0.5,
      relativeError: 0.05,
      threads: 1,
    });
    expect(leftOut).toEqual([]);
    expect(threshold!.bounded).toBe('yes'); // up to the collapse
    for (const { ratio } of levers) expect(ratio).toBeGreaterThan(0);
  });
});

describe('advise, by the method asked for', () => {
  test('deterministic also where its accuracy was not measured, and says so', async () => {
    const small = { dim: 4, real: 40, synthetic: 30, lambda: 0.5 };
    const forced = await advise({ ...small, method: 'deterministic' });
    expect(forced).toMatchObject({ method: 'deterministic', measured: false, leftOut: [] });
    const { measured } = forced.sensitivity!.cells[0]![0]!;
    expect([measured, forced.sensitivity!.cells.at(-1)![0]!.measured]).toEqual([false, true]);
    const chance = await effectiveSampleSize({ ...small, relativeError: 0.01 });
    expect(Math.abs(forced.ratio / chance.ratio - 1)).toBeLessThan(0.1);
  });

  test('Monte Carlo also where the other would do', async () => {
    const cell = { dim: 12, real: 60, synthetic: 10 };
    expect(await adviseSeconds(cell)).toBe(0);
    expect(await adviseSeconds({ ...cell, method: 'monte-carlo' })).toBeGreaterThan(0);
  });

  test('is refused where it cannot be, and offered where Monte Carlo cannot', async () => {
    const cell = { dim: 20, real: 60, synthetic: 10, method: 'deterministic' } as const;
    await expect(advise({ ...cell, memory: 2 })).rejects.toMatchObject({
      code: 'ERR_INVALID_INPUT',
      message: "advise: memory must be 1 for method 'deterministic', got 2",
    });
    await expect(advise({ ...cell, precise: true })).rejects.toMatchObject({
      message: 'advise: method must be left out beside the option \'precise\', got "deterministic"',
    });
    const large = { dim: 1_000_000, real: 1_000, synthetic: 1_000, lambda: 0.7 };
    await expect(advise(large)).rejects.toMatchObject({
      code: 'ERR_NO_CONVERGENCE',
      message: expect.stringContaining("; the option 'method' can be 'deterministic', which needs no chains"),
    });
    expect((await advise({ ...large, method: 'deterministic' })).measured).toBe(false);
  });

  test('levers beyond what any method takes are left out', async () => {
    const { levers } = await advise({ dim: 30, real: 1e15, synthetic: 1 });
    expect(levers.map(({ lever }) => lever)).not.toContain('twice the real');
  });
});

describe('advise, by Monte Carlo', () => {
  test('below ten dimensions, with intervals and the reason', async () => {
    const small = { dim: 9, real: 60, synthetic: 20, lambda: 0.5 };
    const advice = await advise(small);
    expect(advice).toMatchObject({
      method: 'monte-carlo',
      why: expect.stringContaining('from d = 10 on'),
      leftOut: [],
    });
    expect(advice.band).toBeUndefined();
    const { interval } = await effectiveSampleSize({ ...small, seed: 7 });
    expect(advice.interval[0]).toBeLessThan(interval[1] / 60);
    expect(advice.interval[1]).toBeGreaterThan(interval[0] / 60);
    const exact = await admissibleThreshold({ dim: 9, real: 60, lambda: 0.5, seed: 7 });
    expect(Math.abs(advice.threshold!.synthetic / exact.synthetic - 1)).toBeLessThan(0.03);
  });

  test('with memory: at the threshold the loop is worth its real samples, and with those that make up for the harm, too', async () => {
    const few = { ...plain, dim: 30, real: 90, synthetic: 300, lambda: 0.6, memory: 2 };
    const target = await expectedDistance({ dim: 30, samples: 90 });
    const { synthetic, interval } = await monteCarloThreshold(few, settings);
    expect(interval[0]).toBeLessThan(synthetic);
    expect(interval[1]).toBeGreaterThan(synthetic);
    const { dim, lambda, memory } = few;
    const at = await limitPoint({ dim, real: 90, synthetic: Math.round(synthetic), lambda, memory });
    expect(Math.abs(at.distance / target - 1)).toBeLessThan(0.01);
    const { real } = await monteCarloRealToMakeUp(few, settings);
    const made = await limitPoint({ dim, real: Math.round(real), synthetic: 300, lambda, memory });
    expect(Math.abs(made.distance / target - 1)).toBeLessThan(0.01);
  });

  test('a model that has nearly shrunk to its mean is collapsed, whatever its n_e', async () => {
    const one = { ...plain, dim: 20, real: 1, synthetic: 40, lambda: 0.5 };
    const [worth] = await worthsOf([one], limitsByMonteCarlo, settings);
    expect(worth).toMatchObject({ verdict: 'collapsed', admissible: true });
    expect((worth as Worth).ratio).toBeGreaterThan(1);
    expect((worth as Worth).collapse).toBeGreaterThan(0.8);
  });

  test('precise is Monte Carlo where the deterministic method would do, and agrees', async () => {
    const loop = { dim: 30, real: 90, synthetic: 60, lambda: 0.7 };
    const [quick, precise] = [await advise(loop), await advise({ ...loop, precise: true })];
    expect([quick.method, precise.method, precise.why]).toEqual(['deterministic', 'monte-carlo', 'precise']);
    expect(Math.abs(precise.ratio / quick.ratio - 1)).toBeLessThan(0.02);
    expect(Math.abs(precise.threshold!.synthetic / quick.threshold!.synthetic - 1)).toBeLessThan(0.03);
    expect(precise.levers.map(({ lever }) => lever)).toEqual(quick.levers.map(({ lever }) => lever));
    expect(precise.sensitivity!.dims).toHaveLength(5);
  });

  test('what it takes is known before: next to nothing by the deterministic method, and all of it with precise', async () => {
    expect(await adviseSeconds({ dim: 2_000, real: 10_000, synthetic: 4_000, lambda: 0.7 })).toBe(0);
    const few = { dim: 200, real: 1_000, synthetic: 9_000, memory: 20 };
    const [usual, precise] = [await adviseSeconds(few), await adviseSeconds({ ...few, precise: true })];
    expect(usual).toBeGreaterThan(10);
    expect(precise).toBeGreaterThan(5 * usual);
  });

  test('stops where it is told to', async () => {
    const stop = new AbortController();
    const running = advise({ dim: 100, real: 1_000, synthetic: 9_000, memory: 20, signal: stop.signal });
    setTimeout(() => stop.abort(), 20);
    await expect(running).rejects.toMatchObject({ name: 'AbortError', code: 'ERR_ABORTED' });
  });

  test('parts that would take too long are left out, with the reason; what does not converge, too', async () => {
    const plan = new Plan(false, 100, settings);
    const settled = async () => 1;
    expect(await plan.run('threshold', 20, settled)).toBe(1);
    expect(await plan.run('levers', 20, settled)).toBeNull();
    const fails = async () => {
      throw new MadloopError('ERR_NO_CONVERGENCE', 'advise: too precise');
    };
    expect(await plan.run('leastReal', 1, fails)).toBeNull();
    expect(plan.leftOut).toEqual([
      { part: 'levers', reason: 'about 20 s of one core by Monte Carlo: precise computes it' },
      { part: 'leastReal', reason: 'advise: too precise' },
    ]);
    expect(await new Plan(true, 1e6, settings).run('levers', 1e6, settled)).toBe(1);
  });
});

test.each<[string, Partial<AdviseOptions>, string]>([
  [
    'no number of synthetic samples',
    { syntheticShare: undefined },
    "synthetic must be given, or the option 'syntheticShare' in its place, got neither",
  ],
  ['two that differ', { synthetic: 3 }, "synthetic must be left out beside the option 'syntheticShare', got 3"],
  ['two biases', { lambda: 0.5 }, "lambda must be left out beside the option 'guidance', got 0.5"],
  [
    'guidance and truncation',
    { truncation: 0.5 },
    "truncation must be left out beside the option 'guidance', got 0.5",
  ],
  ['a share of all', { syntheticShare: 1 }, 'syntheticShare must be a number from 0 to 0.999999, got 1'],
  [
    'a detector that leaves nothing',
    { falsePositiveRate: 1 },
    'falsePositiveRate must leave a real sample and 2 in all in each generation, got 1',
  ],
])('advise refuses %s', async (_, options, message) => {
  await expect(advise({ ...question, ...options })).rejects.toMatchObject({
    code: 'ERR_INVALID_INPUT',
    message: `advise: ${message}`,
  });
});

test('the same bias by its three names is the same question', async () => {
  const cell = { dim: 20, real: 300, synthetic: 75 };
  const [byLambda, byGuidance, byTruncation] = await Promise.all([
    advise({ ...cell, lambda: 0.8 }),
    advise({ ...cell, guidance: 0.25 }),
    advise({ ...cell, truncation: 0.8 }),
  ]);
  expect(byGuidance).toEqual(byLambda);
  expect(byTruncation).toEqual(byLambda);
});

test('a share asks of the count that it stands for; where real samples vary it is held', async () => {
  const [byCount, byShare, byBoth] = await Promise.all([
    advise({ dim: 20, real: 300, synthetic: 75, lambda: 0.8 }),
    advise({ dim: 20, real: 300, syntheticShare: 0.2, lambda: 0.8 }),
    advise({ dim: 20, real: 300, synthetic: 75, syntheticShare: 0.2, lambda: 0.8 }),
  ]);
  expect(byBoth).toEqual(byShare);
  const { effectiveSampleSize, band, threshold } = byCount;
  expect(byShare).toMatchObject({ effectiveSampleSize, band, threshold });
  const doubled = ({ levers }: typeof byCount) => levers.find(({ lever }) => lever === 'twice the real');
  expect(doubled(byCount)?.synthetic).toBe(75);
  expect(doubled(byShare)?.synthetic).toBe(150);
});
