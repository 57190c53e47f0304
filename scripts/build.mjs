// Compiles src/ to dist/. What was there goes first: the package has all of dist/, and tsc leaves what sources that are gone were
// compiled to.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

rmSync(path('dist'), { recursive: true, force: true });
const compiler = [path('node_modules/typescript/bin/tsc'), '-p', path('tsconfig.build.json')];
process.exitCode = spawnSync(process.execPath, compiler, { stdio: 'inherit' }).status ?? 1;
