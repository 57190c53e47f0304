// Compiles src/ to dist/, beside it first: one that is in use, or is wanted again after an error, is there until the new one is whole.
// Nothing of it stays: the package has all of dist/, and tsc leaves what sources that are gone were compiled to.
import { spawnSync } from 'node:child_process';
import { chmodSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
// In the same folder, so that source maps find src/.
const compiled = path(`build-dist-${process.pid}`);

const compiler = [
  path('node_modules/typescript/bin/tsc'),
  '-p',
  path('tsconfig.build.json'),
  '--outDir',
  compiled,
];
try {
  process.exitCode = spawnSync(process.execPath, compiler, { stdio: 'inherit' }).status ?? 1;
  if (process.exitCode === 0) {
    // npm lets its users run it when it links it: before this script, where this runs as npm installs.
    chmodSync(`${compiled}/cli/main.js`, 0o755);
    rmSync(path('dist'), { recursive: true, force: true });
    renameSync(compiled, path('dist'));
  }
} finally {
  rmSync(compiled, { recursive: true, force: true });
}
