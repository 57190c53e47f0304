import { expect, test } from 'vitest';
import { lazyArray } from '../../src/base/lazy-array.js';
import { simulateGaussianLoop } from '../../src/gaussian-loop/simulate-gaussian-loop.js';

const square = (index: number) => ({ index, square: { value: index * index } });
const plain = Array.from({ length: 12 }, (_, index) => square(index));
const lazy = lazyArray(12, square);

test('reads as the plain array does', () => {
  expect(Array.isArray(lazy)).toBe(true);
  expect(lazy).toHaveLength(12);
  expect(lazy).toEqual(plain);
  expect([...lazy]).toStrictEqual(plain);
  expect(JSON.stringify(lazy)).toBe(JSON.stringify(plain));
  expect(lazy.at(-1)).toEqual(plain.at(-1));
  expect(lazy.map(({ index, ...rest }) => ({ index, rest }))).toEqual(
    plain.map(({ index, ...rest }) => ({ index, rest })),
  );
  expect(lazy.slice(3, 5)).toEqual(plain.slice(3, 5));
  expect(lazy.concat([square(9)])).toEqual(plain.concat([square(9)]));
  expect(lazy.filter(({ index }) => index % 2 === 0)).toEqual(plain.filter(({ index }) => index % 2 === 0));
  expect(Object.keys(lazy)).toEqual(Object.keys(plain));
  expect(Object.entries(lazy)).toEqual(Object.entries(plain));
  expect(structuredClone([...lazy])).toEqual(plain);
});

test('has no element beyond its ends', () => {
  expect(lazy[12]).toBeUndefined();
  expect(lazy[-1]).toBeUndefined();
  expect((lazy as never)['01']).toBeUndefined();
  expect(12 in lazy).toBe(false);
  expect(11 in lazy).toBe(true);
  expect(lazyArray(0, square)).toEqual([]);
});

test('cannot be changed', () => {
  const open = lazy as unknown as unknown[];
  expect(() => open.push(1)).toThrow(TypeError);
  expect(() => (open[0] = 1)).toThrow(TypeError);
  expect(() => delete open[0]).toThrow(TypeError);
  expect(lazy).toEqual(plain);
});

test('a loop of many generations has the same values, made when read', async () => {
  const options = { variant: 'fresh-data', dim: 1, real: 5, synthetic: 5, replicates: 2 } as const;
  const short = await simulateGaussianLoop({ ...options, generations: 10_000 });
  const long = await simulateGaussianLoop({ ...options, generations: 10_001 });
  expect(long.generations.slice(0, 10_000)).toEqual(short.generations);
  expect(long.generations.at(-1)?.t).toBe(10_001);
});
