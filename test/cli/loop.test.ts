import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { simulateGaussianLoop } from '../../src/gaussian-loop/simulate-gaussian-loop.js';
import { run, temporaryFolder } from './command.js';

const digits = fileURLToPath(new URL('../fixtures/digits-small.npy', import.meta.url));
const gaussianArgs = [
  '--dim',
  '3',
  '--real',
  '6',
  '--synthetic',
  '9',
  '--lambda',
  '0.9',
  '--generations',
  '4',
  '--replicates',
  '8',
];
const dataArgs = [
  '--data',
  digits,
  '--real',
  '60',
  '--synthetic',
  '90',
  '--generations',
  '3',
  '--replicates',
  '2',
];
const allFiles = ['loop.csv', 'loop.json', 'loop.png', 'loop.svg'];

const filesIn = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'base64')]));

describe('madloop loop', () => {
  test('prints a table and writes JSON, CSV, SVG and PNG', async () => {
    const folder = temporaryFolder();
    const { status, stdout, stderr } = await run(
      ['loop', ...gaussianArgs, '--seed', '18446744073709551615'],
      folder,
    );
    expect(status).toBe(0);
    const lines = stdout.split('\n');
    expect(lines.slice(0, 2).join(' ')).toMatch(
      /^fresh data loop: d = \d+, n_r = .*seed 18446744073709551615$/,
    );
    expect(lines).toHaveLength(10); // heading, names, four generations, what ± means, the end
    expect(lines.at(-2)).toMatch(/^means of \d+ runs ± one standard error$/);
    expect(stderr).toContain('wrote ');
    const results = join(folder, 'madloop-results');
    expect(readdirSync(results)).toEqual(allFiles);

    const document = JSON.parse(readFileSync(join(results, 'loop.json'), 'utf8'));
    expect(document).toMatchObject({
      madloop: expect.any(String),
      instructionSet: expect.any(String),
      command: 'loop',
      parameters: {
        variant: 'fresh-data',
        dim: 3,
        initial: 6,
        real: 6,
        synthetic: 9,
        lambda: 0.9,
        memory: 1,
        pool: 'latest',
        generations: 4,
        replicates: 8,
        seed: '18446744073709551615',
        engine: 'moments',
        divisor: 'unbiased',
      },
    });
    const { generations } = await simulateGaussianLoop({ ...document.parameters });
    expect(document.generations).toEqual(generations);

    const [names, first] = readFileSync(join(results, 'loop.csv'), 'utf8').split('\n');
    expect(names).toBe(
      't,distance,distanceStandardError,meanNormSquared,meanNormSquaredStandardError,trace,traceStandardError,logDeterminant,logDeterminantStandardError',
    );
    expect(first!.split(',').slice(0, 3).map(Number)).toEqual([
      1,
      generations[0]!.distance.mean,
      generations[0]!.distance.standardError,
    ]);
    expect(readFileSync(join(results, 'loop.svg'), 'utf8')).toMatch(
      /^<svg[\s\S]*fresh data loop[\s\S]*<\/svg>\n$/,
    );
    expect(readFileSync(join(results, 'loop.png')).subarray(1, 4).toString()).toBe('PNG');
  });

  test.each<[string, string[]]>([
    ['a Gaussian loop', gaussianArgs],
    ['a loop over data', dataArgs],
    [
      'a combined loop',
      [
        ...gaussianArgs.slice(4),
        '--dim',
        '3',
        '--variant',
        'combined',
        '--real-fixed',
        '4',
        '--real-fresh',
        '3',
      ],
    ],
    [
      'a combined loop over data, with subsets',
      [
        ...dataArgs.filter((word) => !['--real', '60'].includes(word)),
        ...['--variant', 'combined', '--real-fixed', '50', '--real-fresh', '20'],
        ...['--pool', 'subsample', '--subsample', '100'],
      ],
    ],
    [
      'a loop with a singular covariance',
      ['--dim', '5', '--real', '2', '--synthetic', '2', '--replicates', '1', '--engine', 'samples'],
    ],
  ])('%s is repeated bit for bit from its own result, on other threads', async (_, args) => {
    const folder = temporaryFolder();
    expect((await run(['loop', ...args, '--seed', '7', '-o', 'a', '--threads', '1'], folder)).status).toBe(0);
    const again = await run(['loop', 'a/loop.json', '-o', 'b', '--threads', '3'], folder);
    expect(again.status).toBe(0);
    expect(readdirSync(join(folder, 'b'))).toEqual(allFiles);
    expect(filesIn(join(folder, 'b'))).toEqual(filesIn(join(folder, 'a')));
    const other = await run(['loop', 'a/loop.json', '--seed', '8', '-o', 'c', '--no-chart'], folder);
    expect(other.status).toBe(0);
    expect(readFileSync(join(folder, 'c', 'loop.csv'))).not.toEqual(
      readFileSync(join(folder, 'a', 'loop.csv')),
    );
  });

  test.each<[string, string[]]>([
    ['a Gaussian loop', gaussianArgs],
    ['a loop over data', dataArgs],
  ])(
    '--json prints one document and nothing else, and writes files only where told to: %s',
    async (_, args) => {
      const folder = temporaryFolder();
      const { status, stdout, stderr } = await run(['loop', ...args, '--json'], folder);
      expect([status, stderr]).toEqual([0, '']);
      expect(JSON.parse(stdout).command).toBe('loop');
      expect(readdirSync(folder)).toEqual([]);
      const written = await run(['loop', ...args, '--json', '-o', 'x', '--no-chart'], folder);
      expect(written.stdout).toBe(stdout);
      expect(readFileSync(join(folder, 'x', 'loop.json'), 'utf8')).toBe(stdout);
      expect(readdirSync(join(folder, 'x'))).toEqual(['loop.csv', 'loop.json']);
    },
  );

  test('a combined loop is what the library computes, and its chart says what it was trained on', async () => {
    const folder = temporaryFolder();
    const args = ['--variant', 'combined', '--real-fixed', '4', '--real-fresh', '3', '--synthetic', '8'];
    const rest = ['--dim', '3', '--pool', 'subsample', '--subsample', '9', '--engine', 'samples'];
    const { status } = await run(
      ['loop', ...args, ...rest, '--generations', '4', '--replicates', '8', '-o', 'x'],
      folder,
    );
    expect(status).toBe(0);
    const document = JSON.parse(readFileSync(join(folder, 'x', 'loop.json'), 'utf8'));
    expect(document.parameters).toMatchObject({
      realFixed: 4,
      realFresh: 3,
      real: 7,
      initial: 7,
      subsample: 9,
    });
    const { generations } = await simulateGaussianLoop({
      variant: 'combined',
      dim: 3,
      realFixed: 4,
      realFresh: 3,
      synthetic: 8,
      pool: 'subsample',
      subsample: 9,
      engine: 'samples',
      generations: 4,
      replicates: 8,
    });
    expect(document.generations).toEqual(generations);
    const chart = readFileSync(join(folder, 'x', 'loop.svg'), 'utf8');
    expect(chart).toContain('The combined loop');
    expect(chart).toContain('n_f = 4, nᵣ = 3, nₛ = 8');
  });

  test('takes parameters from a file, a reference among them, and flags override it', async () => {
    const folder = temporaryFolder();
    const parameters = {
      reference: { mean: [0, 5], covariance: [2, 0, 0, 1] },
      real: 5,
      synthetic: 5,
      generations: 3,
      lambda: 0.5,
    };
    writeFileSync(join(folder, 'parameters.json'), JSON.stringify(parameters));
    const { stdout } = await run(['loop', 'parameters.json', '--lambda', '1', '--json'], folder);
    const document = JSON.parse(stdout);
    expect(document.parameters).toMatchObject({ ...parameters, lambda: 1, dim: 2, replicates: 100 });
    writeFileSync(join(folder, 'result.json'), stdout);
    expect((await run(['loop', 'result.json', '--json'], folder)).stdout).toBe(stdout);
  });

  test('a result of another version or instruction set is repeated with a warning', async () => {
    const folder = temporaryFolder();
    const { stdout } = await run(['loop', ...gaussianArgs, '--json'], folder);
    writeFileSync(
      join(folder, 'old.json'),
      JSON.stringify({ ...JSON.parse(stdout), madloop: '0.0.1', instructionSet: 'v9' }),
    );
    const again = await run(['loop', 'old.json', '--json'], folder);
    expect(again.stdout).toBe(stdout);
    expect(again.stderr).toMatch(/made by madloop 0\.0\.1, this is .*\n.*instruction set v9/);
  });
});

describe('madloop loop --data', () => {
  test('measures the distance to held-out rows of the file', async () => {
    const { stdout } = await run(['loop', ...dataArgs, '--held-out', '300', '--json'], temporaryFolder());
    const { parameters, generations } = JSON.parse(stdout);
    expect(parameters).toMatchObject({ data: digits, heldOut: 300, dim: 49, replicates: 2, real: 60 });
    expect(parameters.dataSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(generations[0].distance.mean).toBeGreaterThan(0.05); // 60 digits tell less than the 300 held out
    expect(generations[0].distance.mean).toBeLessThan(0.5);
  });

  test.each<[string, string[], object]>([
    ['gaussian', ['--divisor', 'mle'], { divisor: 'mle' }],
    ['gmm', ['--components', '3', '--covariance', 'diagonal'], { components: 3, covariance: 'diagonal' }],
    ['kde', ['--bandwidth', '0.5'], { bandwidth: 0.5 }],
    ['kde', [], { bandwidth: 'scott' }],
    ['bootstrap', [], {}],
  ])('runs the model %s %j, and repeats it from its result', async (model, args, own) => {
    const folder = temporaryFolder();
    const command = ['loop', ...dataArgs, '--model', model, ...args, '--lambda', '0.8', '--no-chart'];
    expect(await run([...command, '-o', 'a'], folder)).toMatchObject({ status: 0 });
    const text = readFileSync(join(folder, 'a', 'loop.json'), 'utf8');
    const { parameters, generations } = JSON.parse(text);
    expect(parameters).toMatchObject({ model, ...own });
    expect(generations).toHaveLength(3);
    for (const { distance } of generations) expect(distance.mean).toBeGreaterThan(0);
    const again = ['loop', join('a', 'loop.json'), '-o', 'b', '--no-chart', '--threads', '1'];
    expect(await run(again, folder)).toMatchObject({ status: 0 });
    expect(readFileSync(join(folder, 'b', 'loop.json'), 'utf8')).toBe(text);
  });

  test.each<[string[], RegExp]>([
    [['--model', 'gan'], /--model must be one of 'gaussian', 'gmm', 'kde', 'bootstrap', got "gan"/],
    [['--model', 'gmm'], /--components must be an integer of at least 1, and is not given/],
    [
      ['--model', 'kde', '--bandwidth', 'wide'],
      /--bandwidth must be 'scott', 'silverman' or a positive number/,
    ],
    [['--components', '3'], /components must be left out with model 'gaussian', got 3/],
    [
      ['--image', '7x8'],
      /--image must be HEIGHTxWIDTH with a product of 49, the columns of the data, got "7x8"/,
    ],
    [['--image', '49'], /image must be HEIGHTxWIDTH/],
    [['--metrics', 'recall,fid'], /metrics must be one of 'distance', .*'variance', got "fid"/],
    [['--metrics', ''], /metrics must be one of /],
    [['--model', 'kde', '--divisor', 'mle'], /divisor must be left out with model 'kde', got "mle"/],
  ])('refuses %j', async (args, message) => {
    const { status, stderr } = await run(['loop', ...dataArgs, ...args], temporaryFolder());
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });

  test('--metrics measures samples against the held-out rows, with the loop’s sampling bias', async () => {
    const folder = temporaryFolder();
    const names = 'recall,frechetDistance,trace,precision,variance';
    const args = ['loop', ...dataArgs, '--variant', 'fully-synthetic', '--lambda', '0.5'];
    const rest = args.filter((word) => !['--real', '60'].includes(word));
    expect(await run([...rest, '--metrics', names, '-o', 'a'], folder)).toMatchObject({ status: 0 });
    const { parameters, generations } = JSON.parse(readFileSync(join(folder, 'a', 'loop.json'), 'utf8'));
    const inOrder = ['trace', 'frechetDistance', 'precision', 'recall', 'variance'];
    expect(parameters.metrics).toEqual(inOrder);
    expect(Object.keys(generations[0])).toEqual(['t', ...inOrder]);
    expect(readFileSync(join(folder, 'a', 'loop.csv'), 'utf8')).toMatch(
      /^t,trace,traceStandardError,frechetDistance,/,
    );
    const chart = readFileSync(join(folder, 'a', 'loop.svg'), 'utf8');
    expect(chart).toMatch(/quality and diversity[\s\S]*recall/);
    // What was run, and the file by its name alone: the folders of a disk belong in no picture.
    expect(chart).toMatch(/Gaussian model; mean of 2 runs; band: 95 % interval of the mean/);
    expect([chart.includes('digits-small.npy'), chart.includes(dirname(digits))]).toEqual([true, false]);
    expect(chart).toMatch(/90 real samples alone/);
    // The model is measured without bias, its samples with it: 200 samples for each of two runs have a relative error of 0.05.
    const [first, , last] = generations;
    expect(Math.abs(first.variance.mean / (0.5 * first.trace.mean) - 1)).toBeLessThan(0.2);
    // Biased samples are nearer to the middle of the data, and cover less of it from one generation to the next.
    expect(last.precision.mean).toBeGreaterThan(first.precision.mean);
    expect(last.recall.mean).toBeLessThan(first.recall.mean);
    // The loop itself is the same as with the metrics of the model alone.
    const plain = JSON.parse((await run([...rest, '--json'], folder)).stdout);
    expect(plain.parameters).not.toHaveProperty('metrics');
    for (const [i, { trace }] of plain.generations.entries()) expect(generations[i].trace).toEqual(trace);
    const again = await run(['loop', 'a/loop.json', '-o', 'b', '--threads', '1'], folder);
    expect(again.status).toBe(0);
    expect(filesIn(join(folder, 'b'))).toEqual(filesIn(join(folder, 'a')));
  });

  test('the chart says what real data alone reach, by generation where counts differ, or why not', async () => {
    const folder = temporaryFolder();
    const chartOf = async (args: readonly string[]): Promise<string> => {
      expect(await run(['loop', ...args, '--generations', '4', '-o', 'x'], folder)).toMatchObject({
        status: 0,
      });
      return readFileSync(join(folder, 'x', 'loop.svg'), 'utf8');
    };
    const gaussian = ['--dim', '3', '--synthetic', '30', '--replicates', '5', '--real'];
    expect(await chartOf([...gaussian, '40'])).toContain('>40 real samples alone<');
    const more = await chartOf([...gaussian, '40', '--initial', '200']);
    expect(more).toContain('>40 real samples alone<');
    const file = join(folder, 's.json');
    writeFileSync(file, JSON.stringify({ real: { schedule: [40, 40, 20] } }));
    const byGeneration = await chartOf([file, ...gaussian.slice(0, -1)]);
    expect(byGeneration).toContain('>its real samples alone<');
    expect(byGeneration).not.toContain('class="level"');
    const data = await chartOf([...dataArgs, '--initial', '90']);
    expect(data).toContain(
      'no line for real data alone: generation 1 has 90 real samples, the others have 60<',
    );
    expect(await chartOf(dataArgs)).toContain('>60 real samples alone<');
  });

  test('--image writes a sheet of samples, and changes nothing else', async () => {
    const folder = temporaryFolder();
    const args = ['loop', ...dataArgs, '--generations', '12', '--model', 'gmm', '--components', '2'];
    expect(await run([...args, '--image', '7x7', '-o', 'a'], folder)).toMatchObject({ status: 0 });
    expect(readdirSync(join(folder, 'a'))).toEqual([
      'loop-samples.png',
      'loop-samples.svg',
      'loop.csv',
      'loop.json',
      'loop.png',
      'loop.svg',
    ]);
    const sheet = readFileSync(join(folder, 'a', 'loop-samples.svg'), 'utf8');
    expect(sheet.match(/>(real|t = \d+)</g)).toEqual(
      ['real', ...[1, 2, 3, 5, 6, 7, 8, 10, 11, 12].map((t) => `t = ${t}`)].map((label) => `>${label}<`),
    );
    expect(new Set(sheet.match(/base64,[^"]+/g))).toHaveProperty('size', 11);
    expect(await run([...args, '-o', 'b'], folder)).toMatchObject({ status: 0 });
    expect(readdirSync(join(folder, 'b'))).toEqual(allFiles);
    expect(readFileSync(join(folder, 'b', 'loop.csv'))).toEqual(readFileSync(join(folder, 'a', 'loop.csv')));
    const again = await run(['loop', 'a/loop.json', '-o', 'c', '--threads', '1'], folder);
    expect(again.status).toBe(0);
    expect(filesIn(join(folder, 'c'))).toEqual(filesIn(join(folder, 'a')));
  });

  test('refuses to repeat a result with other data', async () => {
    const folder = temporaryFolder();
    const copy = join(folder, 'digits.npy');
    const bytes = readFileSync(digits);
    writeFileSync(copy, bytes);
    const args = ['loop', ...dataArgs.map((word) => (word === digits ? copy : word)), '-o', 'a', '--no-chart'];
    expect((await run(args, folder)).status).toBe(0);
    bytes[1000] = bytes[1000]! ^ 1;
    writeFileSync(copy, bytes);
    const { status, stderr } = await run(['loop', 'a/loop.json', '--json'], folder);
    expect(status).toBe(2);
    expect(stderr).toMatch(/digits\.npy must have the SHA-256 [0-9a-f]{64}/);
  });

  test.each<[string, string[], string]>([
    ['a number', ['--real', '5000'], '--real'],
    ['a schedule', ['--real-schedule', '0,7'], '--real-schedule'],
    [
      'a share of a total',
      ['--total', '6000', '--real-fraction', '0.99'],
      'real samples of --total and --real-fraction',
    ],
  ])('says that the fully synthetic loop does not use real samples: %s', async (_, flags, name) => {
    const folder = temporaryFolder();
    const args = ['loop', '--variant', 'fully-synthetic', '--dim', '2', '--generations', '2', '--json'];
    const synthetic = flags.includes('--total') ? [] : ['--synthetic', '100'];
    const { status, stdout, stderr } = await run([...args, ...synthetic, ...flags], folder);
    expect(status).toBe(0);
    expect(stderr).toBe(
      `madloop: of no effect in the fully synthetic loop: ${name}. ` +
        'It sees real samples in generation 1 alone: --initial says how many\n',
    );
    // Its own result, repeated, gives none.
    writeFileSync(join(folder, 'loop.json'), stdout);
    const again = await run(['loop', 'loop.json', '--json'], folder);
    expect([again.stdout, again.stderr]).toEqual([stdout, '']);
  });

  test('says when the data do not last, and writes nothing', async () => {
    const folder = temporaryFolder();
    const { status, stderr } = await run(['loop', ...dataArgs, '--generations', '40'], folder);
    expect(status).toBe(2);
    expect(stderr).toMatch(/generation 14 wants 60 real rows, but 20 of 800 are left/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each<[string, string[], RegExp]>([
    ['a dimension that is not the data’s', ['--dim', '3'], /--dim must be 49, as in the data, got 3/],
    [
      'more held-out rows than there are',
      ['--held-out', '1000'],
      /madloop: --held-out must be an integer from 2 to 998, got 1000/,
    ],
    ['an engine', ['--engine', 'moments'], /--engine is not for real data/],
  ])('refuses %s', async (_, args, message) => {
    const { status, stderr } = await run(['loop', ...dataArgs, ...args], temporaryFolder());
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});
