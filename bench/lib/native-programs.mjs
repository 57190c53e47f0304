import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Builds the programs in bench/native for an instruction-set level; undefined, with a message, where that fails.
 * `run(program)` gives a program's measurements; each program runs once.
 */
export function buildNativePrograms(variant, folder = join(root, 'build-bench')) {
  const configure = ['-S', root, '-B', folder, '-DCMAKE_BUILD_TYPE=Release', `-DMADLOOP_VARIANT=${variant}`];
  const build = ['--build', folder, '--target', 'benches', '--parallel', String(availableParallelism())];
  for (const steps of [configure, build]) {
    const { status, error, stdout, stderr } = spawnSync('cmake', steps, { encoding: 'utf8' });
    if (status !== 0) {
      console.error(
        `the programs in bench/native could not be built: ${error?.message ?? `${stdout}${stderr}`}`,
      );
      return undefined;
    }
  }
  const measured = new Map();
  const run = (program) => {
    if (!measured.has(program)) measured.set(program, runProgram(join(folder, program)));
    return measured.get(program);
  };
  return { run };
}

/** Runs a program that prints lines "what  value unit"; what -> { value, unit }. */
function runProgram(path) {
  const { status, error, stdout, stderr } = spawnSync(path, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${path}: ${error?.message ?? stderr}`);
  const rates = {};
  for (const line of stdout.trim().split('\n')) {
    const found = /^(.*\S)\s+([\d.]+) (\S+)$/.exec(line);
    if (!found) throw new Error(`${path} printed a line that is no measurement: ${line}`);
    rates[found[1]] = { value: Number(found[2]), unit: found[3] };
  }
  return rates;
}
