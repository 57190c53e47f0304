// The README and the pages of docs/ keep what they promise: their programs and commands run.

import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, expect, test } from 'vitest';
import { numpy } from '../support/numpy.js';
import { compilePrograms } from '../support/programs.js';
import { python } from '../support/python.js';
import { repetitions } from '../support/sizes.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'madloop-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The code blocks of a page in one language. */
function blocks(page: string, language: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/```(\w+)\n([\s\S]*?)```/g)]
    .filter(([, name]) => name === language)
    .map(([, , code]) => code!);
}

/** Pages whose programs run, and how many lines each program prints at least. */
const pages = [
  ['README.md', 10], // a line a generation
  ['docs/limit-points.md', 2],
  ['docs/loops.md', 10],
  ['docs/metrics.md', 3], // a line a metric
  ['docs/models-in-core.md', 2], // a line or more a fit
  ['docs/effective-sample-size.md', 1],
  ['docs/charts.md', 1],
  ['docs/advice.md', 8],
  ['docs/collapse.md', 8], // a line a definition
] as const;

const programs = pages.flatMap(([page, lines]) =>
  (['js', 'ts'] as const).flatMap((language) =>
    blocks(page, language).map((code, i) => [i + 1, language, page, code, lines] as const),
  ),
);

/** What compiles the pages' programs in TypeScript, and one that is wrong. The rules are this repository's, which are stricter than most. */
const { compiled, errors } = (() => {
  const file = join(root, 'tsconfig.json');
  const { config } = ts.readConfigFile(file, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const texts = programs.filter(([, language]) => language === 'ts').map(([, , , code]) => code);
  const wrong = "import { moments } from 'madloop'; await moments(reference);";
  return compilePrograms(
    root,
    [...texts, wrong].map((text) => ({ name: text, text })),
    options,
  );
})();

test('a TypeScript program that uses what does not exist is refused, and no other', () => {
  expect(errors.filter((error) => !error.startsWith("import { moments } from 'madloop'; await"))).toEqual([]);
  expect(errors.join('\n')).toMatch(/: .*reference/);
});

test('its types need nothing beside the language: neither those of Node nor a newer library', () => {
  const text =
    "import { advise, processModel } from 'madloop'; export const all = [advise, processModel({ command: ['python3', 'x.py'] })];";
  const rules = {
    strict: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  };
  expect(compilePrograms(root, [{ name: 'program', text }], rules).errors).toEqual([]);
});

test('the metrics of a loop have the names that were asked for', () => {
  const program = (metrics: string, name: string) => ({
    name: `${name} of ${metrics}`,
    text: `
      import { autophagousLoop, gaussian, gaussianReference, matrix, replicatedAutophagousLoop, sampleMetrics } from 'madloop';
      const reference = gaussianReference({ dim: 3 });
      const loop = { variant: 'fully-synthetic', reference, model: gaussian(), synthetic: 20, generations: 2 } as const;
      const heldOut = matrix(new Float64Array(15), 5, 3);
      for await (const { metrics } of autophagousLoop({ ...loop, ${metrics} })) console.log(metrics.${name});
      const { generations } = await replicatedAutophagousLoop({ ...loop, ${metrics} replicates: 2 });
      console.log(generations.at(-1)?.metrics.${name}?.mean);`,
  });
  const right = [
    ...['distance', 'meanNormSquared', 'trace'].map((name) => program('', name)),
    program("metrics: ['trace'],", 'trace'),
    // One's own metrics may measure whatever they like.
    program("metrics: ['trace', { mine: async ({ t, moments }) => t + (await moments()).dim }],", 'mine'),
    program('metrics: [sampleMetrics({ heldOut, k: 3 })],', 'precision'),
  ];
  const wrong = [program('', 'distanse'), program("metrics: ['trace'],", 'distance')];
  const { errors } = compilePrograms(root, [...right, ...wrong]);
  // In both functions.
  const seen = errors.map((error) => wrong.findIndex(({ name }) => error.startsWith(`${name}: Property`)));
  expect([errors, seen]).toEqual([errors, [0, 0, 1, 1]]);
});

/** A folder of a user's, where `import 'madloop'` finds the package. */
function project(): string {
  const place = join(folder, 'project');
  if (!existsSync(place)) {
    mkdirSync(join(place, 'node_modules'), { recursive: true });
    symlinkSync(root, join(place, 'node_modules', 'madloop'), 'dir');
  }
  return place;
}

test.each(programs)('program %i in %s of %s runs', (_, language, __, source, lines) => {
  const written = language === 'ts' ? compiled.get(source)! : source;
  // A program of half a minute of processor time says so many.
  const code = written.replace('replicates: 1000 ', `replicates: ${repetitions(1000)} `);
  const args = ['--input-type=module', '--eval', code];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: project(), encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout.trim().split('\n').length).toBeGreaterThanOrEqual(lines);
  expect(stdout).not.toContain('undefined');
});

test('the question of the README has the answer that stands there', () => {
  const command = blocks('README.md', 'sh')
    .flatMap((block) => block.trim().split('\n'))
    .find((line) => line.includes('madloop advise'))!;
  const [, , ...args] = command.split(/ +/);
  const main = join(root, 'dist/cli/main.js');
  const { status, stdout } = spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: 'utf8' });
  expect(status).toBe(0);
  const [, answer, threshold, real, few, ratio, many, larger] =
    /\n {4}(HURTS: .*)\n\nwith up to how many they would help \((\S+)\), how much real data makes up for them \((.+?)\)[\s\S]*`(--dim \d+)` it is ([\d.]+), for `(--dim \d+)` .* HELP, ([\d.]+);/.exec(
      readFileSync(join(root, 'README.md'), 'utf8'),
    )!;
  expect(stdout).toContain(answer!);
  expect(stdout).toMatch(new RegExp(`most synthetic samples without harm +${threshold}\\n`));
  expect(stdout).toMatch(new RegExp(`real samples to make up, same share +${real}\\n`));
  for (const [dim, verdict] of [
    [few!, `HURTS: .* ${ratio} of`],
    [many!, `HELPS: .* ${larger} of`],
  ] as const) {
    const others = [main, ...args.slice(0, -2), ...dim.split(' ')];
    const other = spawnSync(process.execPath, others, { cwd: folder, encoding: 'utf8' });
    expect(other.stdout).toMatch(new RegExp(verdict));
  }
});

test('the tables of options and flags are those that functions and commands check by', () => {
  const args = [join(root, 'scripts/option-tables.mjs'), '--check'];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect([stdout, status]).toEqual(['', 0]);
});

test('the commands of docs/cli.md run, in this order', () => {
  copyFileSync(join(root, 'test/fixtures/digits-small.npy'), join(folder, 'digits-small.npy'));
  // The figure takes half a minute and has a test of its own, test/cli/figure-10.test.ts.
  const commands = blocks('docs/cli.md', 'sh')
    .flatMap((block) => block.trim().split('\n'))
    .filter((command) => !command.includes(' figure '));
  expect(commands.length).toBeGreaterThan(5);
  for (const command of commands) {
    const [npx, madloop, ...args] = command.split(/ +/);
    expect([npx, madloop]).toEqual(['npx', 'madloop']);
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'dist/cli/main.js'), ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect([command, status, stderr]).toEqual([command, 0, expect.any(String)]);
  }
  // As the page says: the repeated run has the same bytes.
  for (const name of ['loop.json', 'loop.csv', 'loop.svg', 'loop.png']) {
    expect(readFileSync(join(folder, 'again', name)).equals(readFileSync(join(folder, 'fresh', name)))).toBe(
      true,
    );
  }
});

test.each(['docs/figures.md', 'docs/report.md'])('the commands of %s run, in this order', (page) => {
  const place = join(folder, page);
  mkdirSync(place, { recursive: true });
  // Figure 31 takes half a minute, so test/cli/study-figures.test.ts runs the page's commands with it.
  const commands = blocks(page, 'sh')
    .flatMap((block) => block.trim().split('\n'))
    .filter((command) => !command.includes('figure-31') && !command.includes('figure 31'));
  expect(commands.length).toBeGreaterThan(1);
  for (const command of commands) {
    const [npx, madloop, ...args] = command.split(/ +/);
    expect([npx, madloop]).toEqual(['npx', 'madloop']);
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'dist/cli/main.js'), ...args], {
      cwd: place,
      encoding: 'utf8',
    });
    expect([command, status, stderr]).toEqual([command, 0, expect.any(String)]);
  }
});

test.skipIf(numpy === undefined)('the programs and commands of docs/files.md run, in this order', () => {
  const place = join(folder, 'files');
  mkdirSync(join(place, 'node_modules'), { recursive: true });
  symlinkSync(root, join(place, 'node_modules', 'madloop'), 'dir');
  copyFileSync(join(root, 'test/fixtures/digits-small.npy'), join(place, 'digits-small.npy'));
  const runs: [string, string, string[]][] = [];
  const text = readFileSync(join(root, 'docs/files.md'), 'utf8');
  for (const [, language, code] of text.matchAll(/```(\w+)\n([\s\S]*?)```/g)) {
    if (language === 'python') runs.push([code!, numpy!, ['-c', code!]]);
    else if (language === 'js') runs.push([code!, process.execPath, ['--input-type=module', '--eval', code!]]);
    else {
      for (const command of code!.trim().split('\n')) {
        const [npx, madloop, ...args] = command.split(/ +/);
        expect([npx, madloop]).toEqual(['npx', 'madloop']);
        runs.push([command, process.execPath, [join(root, 'dist/cli/main.js'), ...args]]);
      }
    }
  }
  expect(runs.length).toBeGreaterThan(6);
  for (const [code, program, args] of runs) {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: place, encoding: 'utf8' });
    expect([code, status, status === 0 ? '' : stderr]).toEqual([code, 0, '']);
    if (code.includes('console.log')) expect(stdout).toMatch(/^1000 pixels [0-9a-f]{64}\n\d/);
  }
});

test.skipIf(numpy === undefined)('the programs of docs/models.md run, in this order', () => {
  const place = join(folder, 'models');
  mkdirSync(join(place, 'node_modules'), { recursive: true });
  symlinkSync(root, join(place, 'node_modules', 'madloop'), 'dir');
  copyFileSync(join(root, 'examples/models/madloop_model.py'), join(place, 'madloop_model.py'));
  for (const code of blocks('docs/models.md', 'python')) {
    // The first line names the file.
    const [, name] = /^# (\w+\.py)/.exec(code)!;
    writeFileSync(join(place, name!), code);
  }
  const programs = blocks('docs/models.md', 'js');
  expect(programs).toHaveLength(4);
  for (const code of programs) {
    const args = ['--input-type=module', '--eval', code];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: place, encoding: 'utf8' });
    expect([code, status, stderr]).toEqual([code, 0, '']);
    // A line a generation.
    expect(stdout.trim().split('\n').length).toBeGreaterThanOrEqual(10);
    expect(stdout).not.toContain('undefined');
  }
});

test.skipIf(numpy === undefined)('the programs and commands of docs/python.md run, in this order', () => {
  const place = join(folder, 'python');
  mkdirSync(join(place, 'bin'), { recursive: true });
  copyFileSync(join(root, 'examples/models/madloop_model.py'), join(place, 'madloop_model.py'));
  // `npx madloop` as where the package is installed.
  const npx = `#!/bin/sh\nshift\nexec '${process.execPath}' '${join(root, 'dist/cli/main.js')}' "$@"\n`;
  writeFileSync(join(place, 'bin', 'npx'), npx, { mode: 0o755 });
  const env = { ...process.env, PATH: `${join(place, 'bin')}:${process.env.PATH}` };
  const run = (program: string, ...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: place, env, encoding: 'utf8' });
    expect([args, status, status === 0 ? '' : stderr]).toEqual([args, 0, '']);
    return stdout;
  };
  const programs = blocks('docs/python.md', 'python');
  for (const code of programs) writeFileSync(join(place, /^# (\w+\.py): /.exec(code)![1]!), code);
  expect(programs).toHaveLength(2);
  expect(run(numpy!, 'compare.py')).toMatch(
    /^frechetDistance 0\.0\d+ \[0\.\d+, 0\.\d+\]\n(\w+ .*\n){5}0\.\d+ \d\S+\n$/,
  );
  const commands = blocks('docs/python.md', 'sh').flatMap((block) => block.trim().split('\n'));
  expect(commands).toHaveLength(1);
  // The shell splits it.
  for (const command of commands) expect(run('sh', '-c', command).match(/^ *\d .*±/gm)).toHaveLength(5);
  expect(readdirSync(join(place, 'loop'))).toEqual([
    'loop-run',
    'loop.csv',
    'loop.json',
    'loop.png',
    'loop.svg',
  ]);
});

test.skipIf(python === undefined)('the Python programs of docs/features.md can be read by Python', () => {
  const programs = blocks('docs/features.md', 'python');
  expect(programs.map((code) => /^# (\w+\.py) \(pip install .*\)\n/.exec(code)?.[1])).toEqual([
    'export.py',
    'protocol.py',
    'torchvision_features.py',
    'clean_fid_features.py',
    'dino_features.py',
  ]);
  const check = 'import ast, sys; ast.parse(sys.stdin.read())';
  for (const code of [...programs, 'def broken(:']) {
    const { status } = spawnSync(python!, ['-c', check], { input: code });
    expect([code, status]).toEqual([code, code.includes('broken') ? 1 : 0]);
  }
});

test('the files, commands and programs of docs/studies.md work, in this order', { timeout: 120_000 }, () => {
  const place = join(folder, 'studies');
  mkdirSync(join(place, 'node_modules'), { recursive: true });
  symlinkSync(root, join(place, 'node_modules', 'madloop'), 'dir');
  const text = readFileSync(join(root, 'docs/studies.md'), 'utf8');
  let runs = 0;
  const run = (code: string, args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: place, encoding: 'utf8' });
    expect([code, status, status === 0 ? '' : stderr]).toEqual([code, 0, '']);
    runs += 1;
    return stdout;
  };
  for (const [, language, code] of text.matchAll(/```(\w+)\n([\s\S]*?)```/g)) {
    if (language === 'yaml') writeFileSync(join(place, /^# (\S+)\n/.exec(code!)![1]!), code!);
    else if (language === 'js') {
      const lines = code!.includes("kind: 'loop'") ? /^(\d+ [\d.]+ \w+\n){2}$/ : /^(\d+ \d+ [\d.]+ \w+\n){6}$/;
      expect(run(code!, ['--input-type=module', '--eval', code!])).toMatch(lines);
    } else if (language === 'sh') {
      for (const command of code!.trim().split('\n')) {
        const [npx, madloop, ...args] = command.split(/ +/);
        expect([npx, madloop]).toEqual(['npx', 'madloop']);
        run(command, [join(root, 'dist/cli/main.js'), ...args]);
      }
    }
  }
  expect(runs).toBe(17);
});
