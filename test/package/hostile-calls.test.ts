// Whatever the arguments, a public function returns, or throws or rejects with a MadloopError: never with another error, never by
// ending the process. Each call is a good one with one thing made hostile, chosen by a seed.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { types } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import * as api from '../../src/index.js';
import { uniform } from '../support/numbers.js';
import { publicCalls } from '../support/public-calls.js';
import { repetitions } from '../support/sizes.js';

const folder = mkdtempSync(join(tmpdir(), 'madloop-hostile-'));
// Also what a hostile name may write goes there.
const before = process.cwd();
process.chdir(folder);
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

const calls = publicCalls(folder);
const next = uniform(2026);
const below = (limit: number) => Math.floor(next() * limit);
const pick = <Value>(list: readonly Value[]): Value => list[below(list.length)]!;

const throwing = {
  valueOf() {
    throw new Error('valueOf');
  },
  toString() {
    throw new Error('toString');
  },
};
const fakeSignal = () => Object.create(AbortSignal.prototype);
const revokedProxyOf = (target: object) => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};
const revoked = () => revokedProxyOf([]);

/** Values that nobody should give. */
const hostile: readonly (() => unknown)[] = [
  () => undefined,
  () => null,
  () => 10n,
  () => -1n,
  () => Symbol('hostile'),
  () => '\0',
  () => '',
  () => '\ud800',
  () => 'x'.repeat(100_000),
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
  () => -1,
  () => -0,
  () => 0,
  () => 0.5,
  () => 2 ** 32,
  () => 2 ** 32 + 1,
  () => 2 ** 53,
  () => 2 ** 53 - 1,
  () => 1e308,
  () => 5e-324,
  () => [],
  () => [[]],
  () => new Array(2 ** 32 - 1),
  () => ({}),
  () => Object.create(null),
  () => ({ length: 2 ** 40 }),
  () => ({ ...throwing }),
  () => ({ [Symbol.toPrimitive]: () => Symbol('x') }),
  () => Object.create(Float64Array.prototype),
  () => new Date(Number.NaN),
  () => new Map([[1, 2]]),
  () => () => 10n,
  () => () => undefined,
  () => async () => Symbol('x'),
  () => new Proxy({}, { get: throwing.valueOf, ownKeys: throwing.valueOf, has: throwing.valueOf }),
  revoked,
  () => revokedProxyOf(() => []),
  () => new Proxy([1, 2], { get: throwing.valueOf }),
  fakeSignal,
  () => AbortSignal.abort(Symbol('why')),
  () => new Float64Array(0),
  () => new Float64Array(3).fill(Number.NaN),
  () => new BigInt64Array(2),
  () => new DataView(new ArrayBuffer(8)),
  () => new ArrayBuffer(8),
  () => new Uint8Array(24),
  () => detached(new Float64Array(24)),
];

function detached<Value extends Float64Array>(array: Value): Value {
  structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] });
  return array;
}

/** What makes one member of a good value hostile: another value, or the same with a trap. */
const traps: readonly ((value: unknown) => unknown)[] = [
  // A getter that gives another value each time.
  () => ({ get: () => pick(hostile)() }),
  (value) => {
    let reads = 0;
    return { get: () => (reads++ === 0 ? value : pick(hostile)()) };
  },
  () => ({ get: throwing.valueOf }),
];

/** Makes an array one with a foreign prototype, members of its own, or a buffer that goes at some time. */
function twisted(array: Float64Array | Float32Array): unknown {
  const kind = below(8);
  if (kind === 0) Object.setPrototypeOf(array, null);
  if (kind === 1) Object.setPrototypeOf(array, Float32Array.prototype);
  if (kind === 2) Object.defineProperty(array, 'buffer', { value: pick([null, new ArrayBuffer(8), 10n]) });
  if (kind === 3) Object.defineProperty(array, 'byteLength', { value: 2 ** 40 });
  if (kind === 4) Object.defineProperty(array, 'length', { get: () => pick([0, 24, 1e9]) });
  if (kind === 5) Object.setPrototypeOf(array, class extends Float64Array {}.prototype);
  if (kind === 6) Promise.resolve().then(() => transferred(array));
  if (kind === 7) {
    const resizable = new (
      ArrayBuffer as unknown as new (
        bytes: number,
        options: object,
      ) => ArrayBuffer & { resize(bytes: number): void }
    )(array.byteLength, { maxByteLength: array.byteLength });
    const copy = new (array instanceof Float32Array ? Float32Array : Float64Array)(resizable);
    copy.set(array);
    Promise.resolve().then(() => resizable.resize(8));
    return copy;
  }
  return array;
}

function transferred(array: Float64Array | Float32Array): void {
  try {
    structuredClone(null, { transfer: [array.buffer as ArrayBuffer] });
  } catch {
    // It is gone already.
  }
}

const isNumbers = (value: unknown): value is Float64Array | Float32Array =>
  types.isFloat64Array(value) || types.isFloat32Array(value);

/** The same value with one thing in it made hostile. */
function spoilt(value: unknown, depth = 0): unknown {
  if (isNumbers(value) && below(2) === 0) return twisted(value);
  const isPlain =
    Array.isArray(value) ||
    (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype);
  if (!isPlain || depth > 4 || below(4) === 0) return pick(hostile)();
  const copy: Record<string, unknown> = Array.isArray(value) ? ([...value] as never) : { ...(value as object) };
  const keys = Object.keys(copy);
  if (keys.length === 0) return pick(hostile)();
  const key = pick(keys);
  if (below(4) === 0) {
    Object.defineProperty(copy, key, { enumerable: true, ...(pick(traps)(copy[key]) as PropertyDescriptor) });
  } else if (below(12) === 0) {
    copy[pick(['unknown', '__proto__x', 'signal', 'threads', 'onProgress'])] = pick(hostile)();
  } else {
    copy[key] = spoilt(copy[key], depth + 1);
  }
  return copy;
}

/** How a call ended: well, with a typed error, or with anything else. A hostile size may make it long: then it is left alone. */
async function outcome(run: () => unknown): Promise<unknown> {
  try {
    const result = run();
    await Promise.race([result, delay(2000, undefined, { ref: false })]);
    return undefined;
  } catch (error) {
    return error;
  }
}

test.each(calls.map((call) => [call.name, call] as const))(
  '%s succeeds with good arguments',
  async (_, call) => {
    expect(await outcome(() => call.call(...call.arguments()))).toBe(undefined);
  },
);

const count = repetitions(5_000);

test(`${count} hostile calls end well or with a typed error`, { timeout: 600_000 }, async () => {
  const untyped = new Set<string>();
  const strays: unknown[] = [];
  const onStray = (error: unknown) => strays.push(error);
  process.on('unhandledRejection', onStray);
  process.on('uncaughtException', onStray);
  const codes = new Map<string, number>();
  for (let i = 0; i < count; i += 1) {
    const call = calls[i % calls.length]!;
    const given = call.arguments();
    if (given.length === 0) continue;
    const place = below(given.length + 1);
    if (place === given.length) given.length = below(given.length);
    else given[place] = spoilt(given[place]);
    const error = await outcome(() => call.call(...given));
    const code = error === undefined ? 'none' : error instanceof api.MadloopError ? error.code : 'untyped';
    codes.set(code, (codes.get(code) ?? 0) + 1);
    if (code === 'untyped' || code === 'ERR_INTERNAL')
      untyped.add(`${call.name}, argument ${place}: ${String((error as Error)?.stack).slice(0, 400)}`);
  }
  await delay(200);
  process.off('unhandledRejection', onStray);
  process.off('uncaughtException', onStray);
  expect([...untyped]).toEqual([]);
  expect(strays).toEqual([]);
  // They are hostile indeed, and not all alike.
  expect(codes.get('ERR_INVALID_INPUT')).toBeGreaterThan(count / 4);
  expect(codes.get('none')).toBeGreaterThan(count / 50);
});

// What is missing there is tried neither here nor by the soak.
test('every function of the package is among the calls', () => {
  const isError = (value: object) => (value as { prototype?: unknown }).prototype instanceof Error;
  const functions = Object.entries(api).filter(([, value]) => typeof value === 'function' && !isError(value));
  expect(functions.length).toBeGreaterThan(40);
  const called = new Set(calls.map(({ name }) => name.replace(/^fit of /, '')));
  expect(functions.map(([name]) => name).filter((name) => !called.has(name))).toEqual([]);
});
