// The @example blocks of doc comments, which editors show: every one is checked by the compiler, and all that take no minutes and no
// other program run.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync, zipSync } from 'fflate';
import { afterAll, expect, it } from 'vitest';
import { matrix, momentsOfFile, runStudy, writeMatrix, writeStatistics } from '../../src/index.js';
import { examplesBelow, examplesOf, programOf } from '../support/examples.js';
import { compilePrograms } from '../support/programs.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'madloop-examples-'));
afterAll(() => rmSync(folder, { recursive: true }));

const face = readFileSync(join(root, 'src/index.ts'), 'utf8').replace(/\/\/.*$/gm, '');
const exported = new Set(face.match(/\b[A-Za-z]\w+(?=\s*[,}])/g));

/** What the reader of an example is taken to have. */
const given = {
  writeFile: "import { writeFile } from 'node:fs/promises';",
  numbers:
    'const numbers = (seed: number) => Float64Array.from({ length: 800 }, (_, i) => Math.sin(i * i + seed));',
  samples: 'const samples = matrix(numbers(1), 200, 4);',
  realFeatures: 'const realFeatures = matrix(numbers(2), 200, 4);',
  generatedFeatures: 'const generatedFeatures = matrix(numbers(3), 200, 4);',
  firstHalf: 'const firstHalf = matrix(numbers(4), 200, 4);',
  secondHalf: 'const secondHalf = matrix(numbers(5), 200, 4);',
  heldOut: 'const heldOut = matrix(numbers(6), 200, 4);',
  network: 'const network = (images: Matrix) => images;',
  reference: 'const reference = gaussianReference({ dim: 4 });',
  model: 'const model = gaussian();',
  images: 'const images = matrix(new Float64Array(10 * 784), 10, 784);',
  precisionChart:
    "const precisionChart = { xTitle: 't', yTitle: 'precision', curves: [{ points: [{ x: 1, y: 1 }] }] };",
  recallChart: "const recallChart = { xTitle: 't', yTitle: 'recall', curves: [{ points: [{ x: 1, y: 1 }] }] };",
  someGenerator: 'const someGenerator = (seed: bigint) => () => Number(seed % 1000n) / 1000;',
  someRowsOf:
    'const someRowsOf = (x: Matrix, count: number, seed: bigint) => matrix(new Float64Array(count * x.cols).fill(Number(seed % 7n)), count, x.cols);',
};

const examples = examplesBelow(join(root, 'src'));
/** Wrong examples, and what is said of each: they are compiled with the others, which spares a second. */
const wrong = [
  [
    'a member that is missing',
    'await simulateGaussianLoop({ dim: 10, generations: 20 });',
    /missing .*: variant, synthetic/,
  ],
  [
    'a member that is not there',
    '(await frechetDistance(realFeatures, samples)).value;',
    /'value' does not exist/,
  ],
  ['a name that nobody has', 'await moments(others);', /Cannot find name 'others'/],
  ['what may be null', "(await readStudy('study.sqlite')).cells[0].result.ratio;", /possibly 'null'/],
] as const;
const wrongExamples = wrong.flatMap(([, code]) =>
  examplesOf('wrong.ts', `/**\n * Words.\n *\n * @example\n * ${code}\n */\nexport async function f() {}`),
);
const programs = [...examples, ...wrongExamples].map(({ name, code }, i) => ({
  name: `${i} ${name}`,
  text: programOf(code, exported, given),
}));
const { compiled, errors } = compilePrograms(root, programs);
const isWrong = (text: string) => /^\d+ wrong\.ts/.test(text);

/** A study of minutes, and a model in Python. */
const notRun = /^\d+ (studies\/index\.ts runStudy|models\/process-model\/process-model\.ts processModel)$/;

it('every example is correct TypeScript', () => {
  expect(examples.length).toBeGreaterThan(40);
  expect(errors.filter((error) => !isWrong(error))).toEqual([]);
});

it('every example runs, and prints what it says that it prints', { timeout: 120_000 }, async () => {
  const place = join(folder, 'run');
  mkdirSync(join(place, 'node_modules'), { recursive: true });
  symlinkSync(root, join(place, 'node_modules', 'madloop'), 'dir');
  // The files that examples read.
  const x = matrix(
    Float64Array.from({ length: 400 }, (_, i) => Math.cos(i * i)),
    100,
    4,
  );
  for (const name of ['features.npy', 'real.npy']) await writeMatrix(join(place, name), x);
  for (const name of ['a.npz', 'b.npz', 'real.npz', 'made.npz']) {
    await writeStatistics(join(place, name), await momentsOfFile(join(place, 'real.npy')));
  }
  const { 'mu.npy': mean, 'sigma.npy': covariance } = unzipSync(readFileSync(join(place, 'real.npz')));
  writeFileSync(join(place, 'adm.npz'), zipSync({ 'mu_s.npy': mean!, 'sigma_s.npy': covariance! }));
  writeFileSync(join(place, 'features.npz'), zipSync({ 'real.npy': readFileSync(join(place, 'real.npy')) }));
  const small = { dim: 2, real: [10, 30, 100], synthetic: [10, 30, 100], method: 'deterministic' } as const;
  for (const store of ['figure-11.sqlite', 'study.sqlite'])
    await runStudy(small, { store: join(place, store) });
  const loops = {
    kind: 'loop',
    ...{ dim: [1, 2], real: [5, 10], synthetic: 10, generations: 3, replicates: 2 },
  } as const;
  await runStudy(loops, { store: join(place, 'loops.sqlite') });

  const ran = [...compiled].filter(([name]) => !notRun.test(name) && !isWrong(name));
  expect(ran).toHaveLength(examples.length - 2);
  const calls = ran.map(([name, text], i) => {
    writeFileSync(join(place, `example-${i}.mjs`), text);
    return { name, file: `./example-${i}.mjs` };
  });
  writeFileSync(
    join(place, 'all.mjs'),
    `const outcomes = {};
    for (const { name, file } of ${JSON.stringify(calls)}) {
      const lines = [];
      console.log = (...values) => lines.push(values.join(' '));
      outcomes[name] = await import(file).then(() => lines, String);
    }
    process.stdout.write(JSON.stringify(outcomes));`,
  );
  const { stdout, stderr, status } = spawnSync(process.execPath, ['all.mjs'], { cwd: place, encoding: 'utf8' });
  expect([stderr, status]).toEqual(['', 0]);
  const outcomes = JSON.parse(stdout) as Record<string, string[] | string>;
  expect(Object.entries(outcomes).filter(([, outcome]) => typeof outcome === 'string')).toEqual([]);

  // console.log(...); // 1.51 and words: the number, to the digits that are written.
  let said = 0;
  for (const [name, text] of ran) {
    const promised = [...text.matchAll(/console\.log\(.*\); \/\/ (-?\d[\d.]*\d|\d)/g)].map(
      ([, number]) => number!,
    );
    for (const [i, number] of promised.entries()) {
      const digits = number.split('.')[1]?.length ?? 0;
      expect([name, Number(outcomes[name]![i]).toFixed(digits)]).toEqual([name, number]);
      said += 1;
    }
  }
  expect(said).toBeGreaterThanOrEqual(4);
});

it.each(wrong.map(([what, , message], i) => [what, message, i] as const))(
  'an example with %s is refused',
  (_, message, i) => {
    const name = `${examples.length + i} wrong.ts f: `;
    const said = errors.filter((error) => error.startsWith(name));
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(message);
  },
);
