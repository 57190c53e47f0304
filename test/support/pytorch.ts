import { spawnSync } from 'node:child_process';
import { fullSize } from './sizes.js';

/** A Python that has PyTorch, to compare with in full-size tests; undefined, and said so, where there is none. */
export const pytorch: string | undefined = fullSize ? find() : undefined;

function find(): string | undefined {
  const found = ['/usr/bin/python3', 'python3'].find(
    (python) => spawnSync(python, ['-c', 'import torch, numpy']).status === 0,
  );
  if (found === undefined)
    console.warn('python3 with PyTorch is not installed: comparisons with it are skipped');
  return found;
}
