import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { identityOrder, RandomIntegers } from '../../src/distributions/random-integers.js';
import { native } from '../../src/engine/native.js';
import { philox, plainRandomIntegers, plainSomeOf } from '../support/philox.js';

test("the plain Philox gives Random123's known answers", () => {
  const file = new URL('../fixtures/philox-known-answers.txt', import.meta.url);
  const lines = readFileSync(file, 'utf8').match(/^[0-9a-f].*$/gm)!;
  expect(lines.length).toBe(3);
  for (const line of lines) {
    const words = line.split(/ +/).map((word) => BigInt(`0x${word}`));
    expect(philox(words.slice(0, 4), words.slice(4, 6))).toEqual(words.slice(6));
  }
});

describe('RandomIntegers', () => {
  // So that results kept by users stay reproducible: a change here is a change of every data set's order.
  test.each([0n, 42n, 2n ** 64n - 1n])('gives what a plain Philox gives for the seed %s', async (seed) => {
    const random = new RandomIntegers(seed);
    const plain = plainRandomIntegers(seed);
    const limits = [1, 2, 3, 1000, 2 ** 31 + 11, 2 ** 32 - 1, 2 ** 32];
    for (const limit of [...limits, ...limits]) expect(random.below(limit)).toBe(plain.below(limit));
    const integers = new Uint32Array(101);
    await random.fill(integers, 7);
    expect([...integers]).toEqual(Array.from(integers, () => plain.below(7)));
    expect([...(await new RandomIntegers(seed).someOf(50, 50))]).toEqual(plainSomeOf(seed, 50, 50));
    expect([...(await new RandomIntegers(seed).someOf(1000, 33))]).toEqual(plainSomeOf(seed, 1000, 33));
  });

  test('a list shuffled in pieces, and in turns of the event loop, is the list shuffled at once', async () => {
    const count = 200_000;
    const whole = await new RandomIntegers(3n).someOf(count, count);
    const pieces = identityOrder(count);
    const random = new RandomIntegers(3n);
    let turns = 0;
    const counter = setInterval(() => (turns += 1), 0);
    await random.shuffle(pieces, 0, 7);
    await random.shuffle(pieces, 7, 7);
    await random.shuffle(pieces, 7, 150_000);
    expect(pieces.subarray(0, 150_000)).toEqual(whole.subarray(0, 150_000));
    await random.shuffle(pieces, 150_000, count);
    clearInterval(counter);
    expect(pieces).toEqual(whole);
    expect(turns).toBeGreaterThan(0);
    expect(await new RandomIntegers(3n).someOf(count, 150_000)).toEqual(whole.subarray(0, 150_000));
  });

  test('no limit, order or position misleads the engine', () => {
    const request = { seed: 1n, position: 0 };
    const integers = new Uint32Array(3);
    const draw = (changes: object) =>
      native().randomIntegers({ ...request, limit: 5, integers, ...changes } as never);
    const shuffle = (changes: object) =>
      native().shuffle({ ...request, order: integers, begin: 0, end: 3, ...changes } as never);
    for (const changes of [{ limit: 0 }, { limit: 2 ** 32 + 1 }, { integers: new Float64Array(3) }])
      expect(() => draw(changes)).toThrow(/^randomIntegers: /);
    for (const changes of [{ end: 4 }, { begin: 4 }, { begin: 2, end: 1 }, { order: new Uint32Array(2) }])
      expect(() => shuffle(changes)).toThrow(/^shuffle: /);
    expect(() => draw({ position: 2 ** 41 })).toThrow(/blocks must be below 2\^40/);
  });

  // chi-square with 6 degrees of freedom exceeds 35 with probability 4e-6.
  test.each([[7], [2 ** 31 + 11]])('is uniform below %i', (limit) => {
    const random = new RandomIntegers(1n);
    const draws = 70_000;
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < draws; i += 1) counts[Math.floor((7 * random.below(limit)) / limit)]! += 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - draws / 7) ** 2 / (draws / 7), 0);
    expect(chiSquare).toBeLessThan(35);
  });

  test('below 1 is 0, and below 2^32 reaches the upper half', () => {
    const random = new RandomIntegers(3n);
    expect(random.below(1)).toBe(0);
    const draws = Array.from({ length: 100 }, () => random.below(2 ** 32));
    expect(draws.some((draw) => draw >= 2 ** 31)).toBe(true);
    expect(draws.every((draw) => draw >= 0)).toBe(true);
  });

  // 24 orders of 4; chi-square with 23 degrees of freedom exceeds 72 with probability 6e-7.
  test('every order is equally likely', async () => {
    const random = new RandomIntegers(5n);
    const counts = new Map<string, number>();
    const draws = 24_000;
    for (let i = 0; i < draws; i += 1) {
      const order = (await random.someOf(4, 4)).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(counts.size).toBe(24);
    expect(chiSquare).toBeLessThan(72);
  });
});
