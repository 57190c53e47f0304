import { spawnSync } from 'node:child_process';

/** A Python, whatever it has; undefined, and said so, where there is none. */
export const python: string | undefined = find();

function find(): string | undefined {
  if (spawnSync('python3', ['-c', '']).status === 0) return 'python3';
  console.warn('python3 is not installed: Python programs are not checked');
  return undefined;
}
