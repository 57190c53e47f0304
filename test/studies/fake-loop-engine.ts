// An engine whose loops are quick and whose results are known: the values of a replicate are a hash of its cell, the seed and it.

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { MadloopError } from '../../src/base/errors.js';
import type { LoopEngine, LoopRunValues, LoopWork } from '../../src/studies/run/loop-engine.js';

export interface FakeLoopEngine extends LoopEngine {
  /** The blocks so far: [parameters, first, count]. */
  readonly blocks: (readonly [string, number, number])[];
}

export const fakeMetrics = ['distance', 'trace'] as const;

export function fakeRun({ parameters, seed }: LoopWork, replicate: number): LoopRunValues {
  const generations = Number(parameters.generations);
  const series = Float64Array.from({ length: fakeMetrics.length * generations }, (_, i) => {
    const hash = createHash('sha256')
      .update(`${JSON.stringify(parameters)} ${seed} ${replicate} ${i}`)
      .digest();
    return hash.readUInt32LE(0) / 2 ** 32;
  });
  return { metrics: fakeMetrics, series };
}

/** `millisecondsPerRun` are slept for each run. A cell of dimension 13 has no results, and one of dimension 14 no memory. */
export function fakeLoopEngine(
  millisecondsPerRun = 0,
  onBlock: (block: number) => unknown = () => {},
): FakeLoopEngine {
  const blocks: (readonly [string, number, number])[] = [];
  return {
    blocks,
    madeBy: { madloop: '0.0.0-test', instructionSet: 'fake' },
    seconds: ({ dim }) => Number(dim) / 1000,
    async runs(work, settings) {
      const { parameters, first, count } = work;
      blocks.push([JSON.stringify(parameters), first, count]);
      await onBlock(blocks.length);
      await sleep(millisecondsPerRun * count);
      if (settings.signal?.aborted) {
        throw new MadloopError('ERR_ABORTED', `${settings.where}: aborted`, { cause: settings.signal.reason });
      }
      if (parameters.dim === 13) throw new MadloopError('ERR_NO_CONVERGENCE', `${settings.where}: of 13`);
      if (parameters.dim === 14) throw new MadloopError('ERR_OUT_OF_MEMORY', `${settings.where}: of 14`);
      return Array.from({ length: count }, (_, i) => fakeRun(work, first + i));
    },
  };
}
