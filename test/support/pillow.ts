import { spawnSync } from 'node:child_process';

/** A Python that has Pillow and NumPy, to compare with; undefined, and said so, where there is none. */
export const pillow: string | undefined = find();

function find(): string | undefined {
  const found = ['/usr/bin/python3', 'python3'].find(
    (python) => spawnSync(python, ['-c', 'import PIL, numpy']).status === 0,
  );
  if (found === undefined)
    console.warn('python3 with Pillow is not installed: comparisons with it are skipped');
  return found;
}
