import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { moments } from '../../src/distributions/moments.js';
import { mergeStatistics } from '../../src/features/statistics.js';
import { readStatistics, readStatisticsFrom, writeStatistics } from '../../src/features/statistics-file.js';
import { statisticsNames } from '../../src/files/statistics-arrays.js';
import { frechetDistance } from '../../src/metrics/frechet.js';
import { memorySource } from '../support/memory-source.js';
import { normals } from '../support/numbers.js';
import { numpy } from '../support/numpy.js';
import { expectRejection } from '../support/rejection.js';
import { npyBytes, zipBytes } from '../support/zip-bytes.js';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/npy/${name}.npz`, import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'madloop-statistics-'));
});
afterAll(() => rm(folder, { recursive: true }));

const dim = 5;
const x = matrix(normals(40 * dim, 1), 40, dim);
const plain = { dim: 2, mean: Float64Array.of(1, -2), covariance: Float64Array.of(2, 0.5, 0.5, 1) };

/** A statistics file made by hand. */
const file = (arrays: Record<string, Uint8Array>) =>
  memorySource(zipBytes(Object.entries(arrays).map(([name, bytes]) => ({ name: `${name}.npy`, bytes }))));
const float64 = (shape: number[], ...values: number[]) =>
  npyBytes('<f8', shape, Buffer.from(Float64Array.from(values).buffer));
const integer = (value: bigint) => npyBytes('<i8', [1], Buffer.from(BigInt64Array.of(value).buffer));
const text = (value: string) =>
  npyBytes(`<U${value.length}`, [1], Buffer.from(Uint32Array.from(value, (c) => c.charCodeAt(0)).buffer));
const [mu, sigma] = [float64([2], 1, -2), float64([2, 2], 2, 0.5, 0.5, 1)];

describe('readStatistics', () => {
  // The matrix of test/fixtures/npy/make.py, plus I: its columns are the same but for a shift.
  const covariance = Float64Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 101 : 100));
  test.each([
    ['pytorch-fid', {}],
    ['clean-fid', { precision: 'float32' }], // as it is stored there
    ['adm', {}],
    ['fadtk', { extractor: 'clap' }],
  ])('reads what %s writes; the count is unknown', async (name, others) => {
    const { hash, ...statistics } = await readStatistics(fixture(name));
    const mean = Float64Array.of(10.25, 11.25, 12.25, 13.25);
    const expected = { dim: 4, mean, covariance, count: undefined, ...others };
    expect(statistics).toEqual(expected);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test('gives what frechetDistance takes', async () => {
    const [a, b] = [await readStatistics(fixture('pytorch-fid')), await readStatistics(fixture('clean-fid'))];
    expect((await frechetDistance(a, b)).distance).toBe(0);
  });

  test('takes count and extractor of files made elsewhere', async () => {
    const arrays = { mu, sigma, count: integer(7n), divisor: text('count - 1'), extractor: text('dinov2') };
    expect(await readStatisticsFrom(file(arrays))).toMatchObject({ ...plain, count: 7, extractor: 'dinov2' });
  });

  test.each<[string, Record<string, Uint8Array>, string[]]>([
    ['no mean', { sigma }, ["holds \"sigma\", expected 'mu' and 'sigma'"]],
    ['a mean of two dimensions', { mu: sigma, sigma }, ['mu.npy has shape (2, 2), expected one dimension']],
    [
      'a covariance of one',
      { mu, sigma: mu },
      ["sigma.npy has shape 2, expected 2 x 2, as 'mu' has 2 elements"],
    ],
    ['a covariance of another size', { mu, sigma: float64([1, 1], 1) }, ['has shape 1 x 1, expected 2 x 2']],
    ['NaN in the mean', { mu: float64([2], 1, Number.NaN), sigma }, ['mu must be finite, got NaN at 1']],
    [
      'an infinity in the covariance',
      { mu, sigma: float64([2, 2], 1, 0, Number.POSITIVE_INFINITY, 1) },
      ['sigma must be finite, got Infinity at row 1, column 0'],
    ],
    [
      'another divisor',
      { mu, sigma, count: integer(7n), divisor: text('count') },
      ['has divisor "count", expected \'count - 1\''],
    ],
    ['a count of 0', { mu, sigma, count: integer(0n), divisor: text('count - 1') }, ['has count 0']],
    [
      'no hash though ours',
      { mu, sigma, format: text('madloop statistics'), version: integer(1n) },
      ['"hash"'],
    ],
    [
      'a newer version',
      { mu, sigma, format: text('madloop statistics'), version: integer(2n) },
      ['has version 2'],
    ],
    [
      'another hash',
      { mu, sigma, hash: text('0'.repeat(64)) },
      ['is damaged or was changed: expected hash 0000'],
    ],
    ['an extractor that is no text', { mu, sigma, extractor: mu }, ["extractor.npy has type '<f8'"]],
    [
      'an extractor of control characters',
      { mu, sigma, extractor: text('a\u001b[2J') },
      ['extractor must be a text'],
    ],
  ])('refuses a file with %s', async (_, arrays, pieces) => {
    await expectRejection(() => readStatisticsFrom(file(arrays)), 'ERR_INVALID_INPUT', 'memory', ...pieces);
  });

  test('refuses a .npy file, and one that is not there', async () => {
    const npy = fileURLToPath(new URL('../fixtures/npy/float64.npy', import.meta.url));
    await expectRejection(() => readStatistics(npy), 'ERR_INVALID_INPUT', npy, 'expected an .npz file');
    await expectRejection(() => readStatistics(join(folder, 'absent')), 'ERR_FILE', 'absent');
  });
});

// What pytorch-fid reads: mu and sigma, whatever stands beside them.
describe('readStatistics of files that others made', () => {
  const object = npyBytes('|O', [], Buffer.from('\x80\x03N.', 'latin1'));
  const bytes = (value: string) =>
    npyBytes(`|S${Buffer.byteLength(value) + 2}`, [], Buffer.from(`${value}\0\0`));
  test.each<[string, Record<string, Uint8Array>, object]>([
    ['a count without a divisor', { count: integer(7n) }, { count: undefined }],
    ['a format of its own', { format: text('other') }, {}],
    ['a format that is a number', { format: integer(3n) }, {}],
    ['a format and a hash of its own', { format: text('other'), hash: text('0'.repeat(64)) }, {}],
    ['a hash that is a number', { hash: integer(3n) }, {}],
    ['a hash of another length', { hash: text('d41d8cd98f00b204e9800998ecf8427e') }, {}],
    ['an extractor of bytes', { extractor: bytes('inception é') }, { extractor: 'inception é' }],
    ['an extractor that is None', { extractor: object }, {}],
    ['pickled objects', { paths: object }, {}],
  ])('reads a file with %s', async (_, arrays, expected) => {
    const statistics = await readStatisticsFrom(file({ mu, sigma, ...arrays }));
    expect(statistics).toMatchObject({ ...plain, ...expected });
  });

  test('reads those of a single column, as numpy.cov writes them', async () => {
    const one = { dim: 1, mean: Float64Array.of(3), covariance: Float64Array.of(2) };
    for (const shapes of [
      [[1], []],
      [[], []],
      [[1], [1]],
      [[1], [1, 1]],
    ] as const) {
      const [mean, covariance] = shapes;
      const arrays = { mu: float64([...mean], 3), sigma: float64([...covariance], 2) };
      expect(await readStatisticsFrom(file(arrays))).toMatchObject(one);
    }
    await expectRejection(
      () => readStatisticsFrom(file({ mu, sigma: float64([], 2) })),
      'ERR_INVALID_INPUT',
      "sigma.npy has shape (), expected 2 x 2, as 'mu' has 2 elements",
    );
  });

  test('a merge says what its count needs', async () => {
    const part = await readStatisticsFrom(file({ mu, sigma, count: integer(7n) }));
    await expectRejection(
      () => mergeStatistics([part]),
      'ERR_INVALID_INPUT',
      "list[0].count must be known (and in a file stand beside divisor 'count - 1')",
    );
  });
});

describe('readStatistics, arrays by name', () => {
  const spatial = { mu_s: float64([1], 5), sigma_s: float64([1, 1], 3) };
  const two = { 'a.mu': mu, 'a.cov': sigma, 'b.mu': spatial.mu_s, 'b.cov': spatial.sigma_s };
  const named = (arrays: Record<string, Uint8Array>, mean: string, covariance: string) =>
    readStatisticsFrom(file(arrays), statisticsNames(mean, covariance));

  test("chainer's, by their own names", async () => {
    expect(await readStatisticsFrom(file({ mean: mu, cov: sigma }))).toMatchObject(plain);
  });

  test('those of sFID, of one of several models, and any other', async () => {
    const one = { dim: 1, mean: Float64Array.of(5), covariance: Float64Array.of(3) };
    expect(await named({ mu, sigma, ...spatial }, 'mu_s', 'sigma_s')).toMatchObject(one);
    expect(await named({ m: mu, v: sigma }, 'm.npy', 'v')).toMatchObject(plain);
    const model = await named(two, 'b.mu', 'b.cov');
    expect(model).toMatchObject({ ...one, extractor: 'b' });
    expect((await named(two, 'b.mu', 'b.cov')).hash).toBe(model.hash);
  });

  test('are not judged by the hash of others', async () => {
    const path = join(folder, 'ours.npz');
    const { hash } = await writeStatistics(path, { ...plain, count: 3 });
    expect((await readStatistics(path, { mean: 'mu', covariance: 'sigma' })).hash).toBe(hash);
    const beside = file({ mu: spatial.mu_s, sigma: spatial.sigma_s, m: mu, v: sigma, hash: text(hash) });
    expect(await readStatisticsFrom(beside, statisticsNames('m', 'v'))).toMatchObject(plain);
  });

  test('several models, and one name without the other, are asked about', async () => {
    await expectRejection(
      () => readStatisticsFrom(file(two)),
      'ERR_INVALID_INPUT',
      'holds statistics of several models ("a", "b")',
      "the option 'mean' and the option 'covariance'",
    );
    await expectRejection(
      () => readStatisticsFrom(file({ mu, sigma, mean: mu, cov: sigma })),
      'ERR_INVALID_INPUT',
      'holds several statistics ("mu", "sigma"; "mean", "cov")',
      "the option 'mean' and the option 'covariance'",
    );
    const path = join(folder, 'any.npz');
    await expectRejection(
      () => readStatistics(path, { mean: 'mu' }),
      'ERR_INVALID_INPUT',
      "readStatistics: covariance must be given as well where the option 'mean' is, got undefined",
    );
    await expectRejection(
      () => readStatistics(path, { covariance: 'sigma' }),
      'ERR_INVALID_INPUT',
      'readStatistics: mean must be given as well',
    );
    await expectRejection(() => named(two, 'c.mu', 'a.cov'), 'ERR_INVALID_INPUT', 'has no array "c.mu"');
  });
});

describe('statistics in float32', () => {
  const float32 = (shape: number[], ...values: number[]) =>
    npyBytes('<f4', shape, Buffer.from(Float32Array.from(values).buffer));

  test('keep their precision through files and merges', async () => {
    const single = { mu: float32([2], 1, -2), sigma: float32([2, 2], 2, 0.5, 0.5, 1) };
    for (const arrays of [single, { ...single, mu }, { ...single, sigma }]) {
      const read = await readStatisticsFrom(file(arrays));
      expect(read).toMatchObject({ ...plain, precision: 'float32' });
      const path = join(folder, 'single.npz');
      expect(await writeStatistics(path, read)).toEqual(read);
      expect(await readStatistics(path)).toEqual(read);
      const merged = await mergeStatistics([
        { ...plain, count: 3 },
        { ...read, count: 5 },
      ]);
      expect(merged.precision).toBe('float32');
      // What float32 does not hold is written, too.
      expect(await writeStatistics(path, merged)).toEqual(merged);
      expect(await readStatistics(path)).toEqual(merged);
    }
    expect(await readStatisticsFrom(file({ mu, sigma }))).not.toHaveProperty('precision');
  });

  test('another precision is refused', async () => {
    const untyped = writeStatistics as (...parameters: unknown[]) => Promise<unknown>;
    await expectRejection(
      () => untyped(join(folder, 'never.npz'), { ...plain, precision: 'float16' }),
      'ERR_INVALID_INPUT',
      'writeStatistics: statistics.precision must be \'float32\' or left out, got "float16"',
    );
  });
});

describe('writeStatistics', () => {
  test('what it writes is read back bit for bit, with the hash of the documentation', async () => {
    const path = join(folder, 'all.npz');
    const content = { ...(await moments(x)), extractor: 'inception-v3 "pool" é' };
    const written = await writeStatistics(path, content);
    expect(await readStatistics(path)).toEqual(written);
    expect(written).toMatchObject(content);
    const head =
      `madloop statistics 1\ndim 5\ncount 40\ndivisor count - 1\n` + `extractor "inception-v3 \\"pool\\" é"\n`;
    const hash = createHash('sha256').update(head);
    for (const value of [...content.mean, ...content.covariance]) {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(value);
      hash.update(bytes);
    }
    expect(written.hash).toBe(hash.digest('hex'));
  });

  test('writes what a file without a count held, and the same bytes for the same statistics', async () => {
    const [first, second] = [join(folder, 'first.npz'), join(folder, 'second.npz')];
    const statistics = await readStatistics(fixture('clean-fid'));
    await writeStatistics(first, statistics);
    const again = await readStatistics(first);
    expect(again).toEqual(statistics);
    await writeStatistics(second, again);
    expect(await readFile(second)).toEqual(await readFile(first));
  });

  test('any byte changed afterwards is found, but for dates and the like', async () => {
    const path = join(folder, 'changed.npz');
    const written = await writeStatistics(path, { ...plain, count: 9, extractor: 'e' });
    const bytes = await readFile(path);
    let refused = 0;
    for (let i = 0; i < bytes.length; i += 1) {
      const changed = Buffer.from(bytes);
      changed[i] = changed[i]! ^ 0x10;
      const outcome = await readStatisticsFrom(memorySource(changed)).catch(() => undefined);
      if (outcome === undefined) refused += 1;
      else expect(outcome).toEqual(written);
    }
    expect(refused).toBeGreaterThan(0.7 * bytes.length);
  });

  test('a changed number is found even where the checksum was made to fit', async () => {
    const hash = (await writeStatistics(join(folder, 'x.npz'), plain)).hash;
    await expect(readStatisticsFrom(file({ mu, sigma, hash: text(hash) }))).resolves.toMatchObject({ hash });
    const other = float64([2], 1, -2.0000000000000004);
    await expectRejection(
      () => readStatisticsFrom(file({ mu: other, sigma, hash: text(hash) })),
      'ERR_INVALID_INPUT',
      `expected hash ${hash}`,
    );
  });

  test('refuses what is no statistics', async () => {
    const untyped = writeStatistics as (...parameters: unknown[]) => Promise<unknown>;
    const path = join(folder, 'never.npz');
    for (const [wrong, piece] of [
      [{ ...plain, count: 0 }, 'statistics.count must be an integer of at least 1, got 0'],
      [{ ...plain, extractor: '' }, 'statistics.extractor must be a text of 1 to 1000 characters'],
      [{ ...plain, extractor: 'a\nb' }, 'none of them a control character'],
      [{ ...plain, mean: Float64Array.of(1, Number.NaN) }, 'statistics.mean must be finite, got NaN at 1'],
      [{ ...plain, dim: 3 }, 'statistics.mean must have length dim = 3, got 2'],
      [undefined, 'statistics must be an object'],
    ] as const) {
      await expectRejection(
        () => untyped(path, wrong),
        'ERR_INVALID_INPUT',
        `writeStatistics: ${piece}`.slice(0, 17),
        piece,
      );
    }
    await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('mergeStatistics', () => {
  test('gives the statistics of all rows', async () => {
    const part = async (begin: number, end: number) => ({
      ...(await moments(matrix(x.data.slice(begin * dim, end * dim), end - begin, dim))),
      extractor: 'e',
    });
    const merged = await mergeStatistics([await part(0, 7), await part(7, 8), await part(8, 40)]);
    const all = await moments(x);
    expect(merged).toMatchObject({ count: 40, dim, extractor: 'e' });
    // Sums of 40 products of values below 4, in another order.
    const difference = (a: Float64Array, b: Float64Array) =>
      Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
    expect(difference(merged.mean, all.mean)).toBeLessThan(40 * 4 * 2 ** -53);
    expect(difference(merged.covariance, all.covariance)).toBeLessThan(40 * 16 * 2 ** -53);
    expect(merged.hash).toBe((await mergeStatistics([merged])).hash);
  });

  test.each<[string, unknown, string]>([
    ['nothing', [], 'list must hold at least one Statistics'],
    ['an unknown count', [{ ...plain, count: 2 }, plain], 'list[1].count must be known'],
    [
      'other dimensions',
      [
        { ...plain, count: 2 },
        { dim: 1, mean: Float64Array.of(1), covariance: Float64Array.of(1), count: 2 },
      ],
      'list[1].dim must be 2, that of list[0], got 1',
    ],
    [
      'other extractors',
      [
        { ...plain, count: 2, extractor: 'a' },
        { ...plain, count: 2, extractor: 'b' },
      ],
      'list[1].extractor must be that of list[0], "a", got "b"',
    ],
    [
      'an unknown extractor',
      [
        { ...plain, count: 2, extractor: 'a' },
        { ...plain, count: 2 },
      ],
      'list[1].extractor must be that of list[0], "a", got unknown',
    ],
  ])('refuses %s', async (_, list, piece) => {
    await expectRejection(
      () => mergeStatistics(list as never),
      'ERR_INVALID_INPUT',
      `mergeStatistics: ${piece}`,
    );
  });
});

describe.skipIf(numpy === undefined)('NumPy', () => {
  test('reads what is written here, as pytorch-fid does, without pickle', async () => {
    const path = join(folder, 'numpy.npz');
    const statistics = await writeStatistics(path, { ...(await moments(x)), extractor: 'inception-v3 é' });
    await writeFile(join(folder, 'x.bin'), Buffer.from(x.data.buffer));
    const script = `
import json, sys, numpy as np
with np.load(sys.argv[1]) as f:
    m, s = f["mu"][:], f["sigma"][:]
    rest = {k: f[k].item() for k in f.files if k not in ("mu", "sigma")}
x = np.fromfile(sys.argv[2], "<f8").reshape(40, 5)
print(json.dumps({"dtypes": [str(m.dtype), str(s.dtype)], "shapes": [m.shape, s.shape], "rest": rest, "sigma": s.ravel().tolist(),
                  "error": float(max(abs(s - np.cov(x, rowvar=False)).max(), abs(m - x.mean(0)).max()))}))`;
    const { stdout, stderr } = spawnSync(numpy!, ['-c', script, path, join(folder, 'x.bin')], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const seen = JSON.parse(stdout);
    expect(seen).toMatchObject({ dtypes: ['float64', 'float64'], shapes: [[5], [5, 5]] });
    expect(seen.rest).toEqual({
      count: 40,
      divisor: 'count - 1',
      extractor: 'inception-v3 é',
      hash: statistics.hash,
      format: 'madloop statistics',
      version: 1,
    });
    expect(seen.sigma).toEqual([...statistics.covariance]);
    expect(seen.error).toBeLessThan(40 * 16 * 2 ** -53);
  });
});
