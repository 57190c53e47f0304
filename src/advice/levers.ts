// What one could change.

import type { LeverName } from './advice.js';
import { isLoop, withWholeReal } from './options.js';
import type { Loop } from './worth.js';

/** The loops with one thing changed each, of those changes that there are. */
export function leversOf(loop: Loop, bestSynthetic: number | null): { lever: LeverName; loop: Loop }[] {
  const { real, synthetic, lambda, truePositiveRate, falsePositiveRate, memory } = loop;
  const levers: { lever: LeverName; loop: Loop; applies: boolean }[] = [
    { lever: 'twice the real', loop: withWholeReal(loop, 2 * real), applies: true },
    {
      lever: 'half the synthetic',
      loop: { ...loop, synthetic: Math.round(synthetic / 2) },
      applies: synthetic > 1,
    },
    {
      lever: 'best synthetic',
      loop: { ...loop, synthetic: bestSynthetic ?? 0 },
      applies: bestSynthetic !== null && Number.isFinite(bestSynthetic) && bestSynthetic !== synthetic,
    },
    {
      lever: 'half the bias',
      loop: { ...loop, lambda: (1 + lambda) / 2 },
      applies: lambda < 1 && synthetic > 0,
    },
    { lever: 'no bias', loop: { ...loop, lambda: 1 }, applies: lambda < 1 && synthetic > 0 },
    {
      lever: 'a detector',
      loop: { ...loop, ...usualDetector },
      applies: truePositiveRate === 0 && falsePositiveRate === 0 && synthetic > 0,
    },
    {
      lever: 'no detector',
      loop: { ...loop, truePositiveRate: 0, falsePositiveRate: 0 },
      applies: truePositiveRate > 0 || falsePositiveRate > 0,
    },
    { lever: 'twice the memory', loop: { ...loop, memory: 2 * memory }, applies: memory > 1 && synthetic > 0 },
  ];
  return levers.filter(
    ({ applies, loop: changed }) =>
      applies && isLoop(changed) && Math.max(changed.real, changed.synthetic) <= mostSamples,
  );
}

/** More samples no method takes. */
export const mostSamples = 1e15;

/** It finds nine of ten synthetic samples out and takes one real sample of a hundred for one. */
export const usualDetector = { truePositiveRate: 0.9, falsePositiveRate: 0.01 };
