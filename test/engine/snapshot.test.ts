import { describe, expect, test } from 'vitest';
import { MadloopError } from '../../src/base/errors.js';
import { matrix } from '../../src/base/matrix.js';
import type { Matrix } from '../../src/base/shapes.js';
import { moments } from '../../src/distributions/moments.js';
import { native } from '../../src/engine/native.js';
import { snapshot } from '../../src/engine/snapshot.js';
import { frechetDistance } from '../../src/metrics/frechet.js';
import { kernelDistance } from '../../src/metrics/kernel-distance.js';
import { precisionRecall } from '../../src/metrics/precision-recall.js';
import { normals } from '../support/numbers.js';
import { expectRejection } from '../support/rejection.js';

const never = () => {};

// Newer, or wider, than the type declarations that the project compiles against.
type Resizable = ArrayBuffer & { resize(length: number): void };
const ResizableBuffer = ArrayBuffer as unknown as new (
  length: number,
  options: { maxByteLength: number },
) => Resizable;
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: { Memory: new (options: { initial: number }) => { buffer: ArrayBuffer } };
};

function resizableBuffer(length: number, maxByteLength: number): Resizable {
  return new ResizableBuffer(length, { maxByteLength });
}

/** One page of 64 KiB. */
function webAssemblyMemory(): ArrayBuffer {
  return new WebAssembly.Memory({ initial: 1 }).buffer;
}

/** 3 M float64: 24 MB, so it is copied in slices. */
const large = () => new Float64Array(3 * 2 ** 20).fill(1);

describe('a snapshot', () => {
  test('of a small array is a copy', async () => {
    const source = normals(100, 1);
    const copy = await snapshot('f', 'x', source, never);
    expect(copy).toEqual(source);
    expect(copy.buffer).not.toBe(source.buffer);
  });

  test('of a view is of the view alone, in its type', async () => {
    const source = Float32Array.from(normals(100, 1)).subarray(13, 77);
    const copy = await snapshot('f', 'x', source, never);
    expect(copy).toEqual(source);
    expect(copy.buffer.byteLength).toBe(64 * 4);
  });

  test('of a large array is a copy, also where the last slice is short', async () => {
    const source = normals(2 ** 20 + 2 ** 19 + 1, 2).subarray(1);
    expect(source.byteLength).toBeGreaterThan(8 * 2 ** 20);
    const copy = await snapshot('f', 'x', source, never);
    expect(Buffer.compare(Buffer.from(copy.buffer), Buffer.from(source.slice().buffer))).toBe(0);
  });

  test('of a large array gives the event loop turns', async () => {
    let turns = 0;
    const counting = setInterval(() => {
      turns += 1;
    }, 0);
    await snapshot('f', 'x', large(), never);
    clearInterval(counting);
    expect(turns).toBeGreaterThanOrEqual(2);
  });

  test('of shared memory is the memory itself', async () => {
    const source = new Float64Array(new SharedArrayBuffer(80), 8, 5);
    expect(await snapshot('f', 'x', source, never)).toBe(source);
  });

  test('ends when nobody waits any more', async () => {
    let slices = 0;
    const throwIfSettled = () => {
      slices += 1;
      if (slices === 3) throw new Error('settled');
    };
    await expect(snapshot('f', 'x', large(), throwIfSettled)).rejects.toThrow('settled');
    expect(slices).toBe(3);
  });

  test('of an array that is transferred between slices is refused', async () => {
    const source = large();
    const promise = snapshot('f', 'x', source, never);
    structuredClone(source.buffer, { transfer: [source.buffer] });
    await expectRejection(() => promise, 'ERR_INVALID_INPUT', 'f: x must be left alone until the call settles');
  });

  test('of an array whose buffer shrinks between slices is refused', async () => {
    const buffer = resizableBuffer(24 * 2 ** 20, 32 * 2 ** 20);
    for (const source of [new Float64Array(buffer), new Float64Array(buffer, 0, 3 * 2 ** 20)]) {
      buffer.resize(24 * 2 ** 20);
      const promise = snapshot('f', 'x', source, never);
      buffer.resize(8);
      await expectRejection(() => promise, 'ERR_INVALID_INPUT', 'f: x must be left alone');
    }
  });
});

describe('inputs of a heavy call', () => {
  const rows = 500;
  const cols = 4;
  const data = normals(rows * cols, 7);

  test('may be changed as soon as the call has returned its promise, where they are small', async () => {
    const mine = data.slice();
    const expected = await moments(matrix(data, rows, cols));
    const promise = moments(matrix(mine, rows, cols));
    mine.fill(Number.NaN);
    expect(await promise).toEqual(expected);
  });

  test('may be transferred away as soon as the call has returned its promise, where they are small', async () => {
    const mine = data.slice();
    const expected = await moments(matrix(data, rows, cols));
    const promise = moments(matrix(mine, rows, cols));
    structuredClone(mine.buffer, { transfer: [mine.buffer] });
    expect(await promise).toEqual(expected);
  });

  test('that are transferred during a long snapshot reject the call', async () => {
    const mine = large();
    const promise = moments(matrix(mine, mine.length / 4, 4));
    structuredClone(mine.buffer, { transfer: [mine.buffer] });
    await expectRejection(() => promise, 'ERR_INVALID_INPUT', 'moments: x.data must be left alone');
  });

  test('that were detached before are refused by name', async () => {
    const mine = data.slice();
    const x = matrix(mine, rows, cols);
    structuredClone(mine.buffer, { transfer: [mine.buffer] });
    await expectRejection(
      () => moments(x),
      'ERR_INVALID_INPUT',
      'moments: x.data',
      'its buffer was transferred',
    );
    await expectRejection(
      () => frechetDistance(matrix(data, rows, cols), x),
      'ERR_INVALID_INPUT',
      'frechetDistance: b.data',
    );
    const gaussian = await moments(matrix(data, rows, cols));
    structuredClone(gaussian.covariance.buffer, { transfer: [gaussian.covariance.buffer as ArrayBuffer] });
    await expectRejection(
      () => frechetDistance(gaussian, gaussian),
      'ERR_INVALID_INPUT',
      'frechetDistance: a.covariance',
    );
  });

  const shared = (source: Float64Array): Float64Array => {
    const copy = new Float64Array(new SharedArrayBuffer(source.byteLength));
    copy.set(source);
    return copy;
  };
  const offset = (source: Float64Array): Float64Array => {
    const buffer = new ArrayBuffer(source.byteLength + 24);
    const view = new Float64Array(buffer, 16, source.length);
    view.set(source);
    return view;
  };
  const resizable = (source: Float64Array): Float64Array => {
    const view = new Float64Array(resizableBuffer(source.byteLength, 2 * source.byteLength));
    view.set(source);
    return view;
  };
  class MyArray extends Float64Array {}
  const pooled = (source: Float64Array): Float64Array => {
    const buffer = Buffer.allocUnsafe(source.byteLength + 8);
    const aligned = new Float64Array(buffer.buffer, Math.ceil(buffer.byteOffset / 8) * 8, source.length);
    aligned.set(source);
    return aligned;
  };

  test.each([
    ['in shared memory', shared],
    ['a view with an offset', offset],
    ['in a resizable buffer', resizable],
    ['of a subclass', (source: Float64Array) => new MyArray(source)],
    ['in the pool of Buffer', pooled],
    [
      'in the memory of WebAssembly',
      (source: Float64Array) => {
        const view = new Float64Array(webAssemblyMemory(), 8, source.length);
        view.set(source);
        return view;
      },
    ],
  ])('may be %s', async (_, make) => {
    const expected = await moments(matrix(data, rows, cols));
    expect(await moments(matrix(make(data), rows, cols))).toEqual(expected);
  });

  // What comes out is of numbers that stood there at some time, each at its own.
  test.each([
    [
      'moments',
      async (x: Matrix) => {
        const { mean, covariance } = await moments(x);
        return [...mean, ...covariance].every((value) => Math.abs(value) <= 20 ** 2);
      },
    ],
    [
      'frechetDistance',
      async (x: Matrix) => {
        const { distance } = await frechetDistance(x, x);
        return distance >= 0 && distance <= 4 * x.cols * 20 ** 2;
      },
    ],
    [
      'kernelDistance',
      async (x: Matrix) => {
        const { distance, standardError } = await kernelDistance(x, x, { blockSize: 500 });
        const most = (20 ** 2 + 1) ** 3;
        return Math.abs(distance) <= 4 * most && standardError >= 0 && standardError <= 4 * most;
      },
    ],
    [
      'precisionRecall',
      async (x: Matrix) => {
        // Distances that contradict each other may leave a point without neighbours.
        const result = await precisionRecall(x, x, { k: 3 }).catch((error) => error);
        return result instanceof MadloopError
          ? result.code === 'ERR_INVALID_INPUT' && result.message.includes('left alone')
          : result.precision >= 0 && result.precision <= 1 && result.recall >= 0 && result.recall <= 1;
      },
    ],
  ])('in shared memory may change during %s', async (_, call) => {
    const [rows, cols] = [4000, 16];
    const memory = shared(normals(rows * cols, 3));
    for (let repetition = 0; repetition < 5; repetition += 1) {
      let settled = false;
      const promise = call(matrix(memory, rows, cols)).finally(() => {
        settled = true;
      });
      for (let change = 1; !settled; change += 1) {
        for (let i = change % 7; i < memory.length; i += 7) memory[i] = ((i * change) % 41) - 20;
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(await promise).toBe(true);
    }
  });

  test('are kept while the engine reads them, although nobody else does', async () => {
    if (globalThis.gc === undefined) throw new Error('this test needs --expose-gc (vitest.config.ts)');
    let input!: WeakRef<Float64Array>;
    const job = (() => {
      const large = new Float64Array(new SharedArrayBuffer(8 * 400 * 40_000));
      input = new WeakRef(large);
      const x = { data: large, rows: 40_000, cols: 400 };
      const outputs = { mean: new Float64Array(400), covariance: new Float64Array(400 * 400) };
      return native().startMoments({ threads: 1, x, ...outputs });
    })();
    for (let round = 0; round < 3; round += 1) {
      // A WeakRef keeps its target until the turn that read or made it is over.
      await new Promise((resolve) => setImmediate(resolve));
      globalThis.gc();
      expect(job.progress().done).toBeLessThan(80_000);
      expect(input.deref()).toBeDefined();
    }
    job.cancel();
    await job.promise.catch(() => {});
  });

  test('are released when the call has settled', async () => {
    if (globalThis.gc === undefined) throw new Error('this test needs --expose-gc (vitest.config.ts)');
    const registry: WeakRef<Matrix['data']>[] = [];
    await (async () => {
      const mine = shared(data);
      registry.push(new WeakRef<Matrix['data']>(mine));
      await moments(matrix(mine, rows, cols));
    })();
    for (let round = 0; round < 20 && registry[0]!.deref() !== undefined; round += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      globalThis.gc();
    }
    expect(registry[0]!.deref()).toBeUndefined();
  });
});
