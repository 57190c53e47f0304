import { spawnSync } from 'node:child_process';

/** The Python that has NumPy, to compare with; undefined, and said so, where there is none. */
export const numpy: string | undefined = find();

function find(): string | undefined {
  if (spawnSync('python3', ['-c', 'import numpy']).status === 0) return 'python3';
  console.warn('python3 with NumPy is not installed: comparisons with it are skipped');
  return undefined;
}
