// The command line: what it prints with --json and writes, without pictures, times, paths and versions.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeMatrix } from '../../dist/index.js';
import { samples, samples32 } from './data.mjs';
import { deterministic } from './record.mjs';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const digits = fileURLToPath(new URL('../../test/fixtures/digits-small.npy', import.meta.url));

/** Runs `madloop` with these words in the folder, and gives back what it printed. */
async function madloop(folder, words) {
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...words], {
    cwd: folder,
    maxBuffer: 2 ** 28,
  });
  return stdout;
}

const words = (text) => text.split(' ');
const json =
  (text) =>
  async ({ folder }) =>
    deterministic(JSON.parse(await madloop(folder, words(text))));

/** The JSON and CSV files that a command writes into a folder of results. */
const files =
  (text, name) =>
  async ({ folder }) => {
    const output = join(folder, 'results');
    const printed = await madloop(folder, [...words(text), '--no-chart', '-o', output]);
    const document = deterministic(JSON.parse(await readFile(join(output, `${name}.json`), 'utf8')));
    return { printed, document, csv: await readFile(join(output, `${name}.csv`), 'utf8') };
  };

/** `madloop loop` over the digits; its parameters have the path of the file. */
const dataLoop =
  (text) =>
  async ({ folder }) => {
    const document = JSON.parse(await madloop(folder, [...words(`loop --json ${text}`), '--data', digits]));
    document.parameters.data = 'digits-small.npy';
    return deterministic(document);
  };

const evaluate =
  (text) =>
  async ({ folder }) => {
    await writeMatrix(join(folder, 'real.npy'), samples(160, 6));
    await writeMatrix(join(folder, 'generated.npy'), samples32(140, 6, { seed: 2, scale: 0.9 }));
    await madloop(folder, words('stats real.npy -o real.npz --extractor none'));
    return deterministic(JSON.parse(await madloop(folder, words(`evaluate ${text} --json`))));
  };

const loop = '--dim 4 --generations 6 --replicates 7 --seed 5';

export const calls = {
  'madloop loop fresh-data': json(`loop ${loop} --real 12 --synthetic 20 --lambda 0.9 --json`),
  'madloop loop combined, samples, subsample': json(
    `loop ${loop} --variant combined --real-fixed 6 --real-fresh 5 --synthetic 9 --engine samples --pool subsample --json`,
  ),
  'madloop loop files': files(`loop ${loop} --variant fully-synthetic --synthetic 12`, 'loop'),
  'madloop loop data, gaussian': dataLoop(
    '--held-out 200 --real 60 --synthetic 100 --generations 3 --replicates 2 --metrics distance,frechetDistance,precision,recall,density,coverage,variance',
  ),
  'madloop loop data, gmm': dataLoop(
    '--variant fully-synthetic --initial 100 --synthetic 100 --generations 3 --replicates 2 --model gmm --components 4 --covariance tied',
  ),
  'madloop loop data, kde': dataLoop(
    '--variant synthetic-augmentation --real 50 --synthetic 50 --generations 3 --replicates 2 --model kde --bandwidth 0.1 --lambda 0.9',
  ),
  'madloop limit': json('limit --dim 4 --real 20 --synthetic 30 --lambda 0.9 --relative-error 0.02 --json'),
  'madloop limit deterministic': json(
    'limit --dim 100 --real 200 --synthetic 300 --method deterministic --json',
  ),
  'madloop ess': json('ess --dim 4 --real 20 --synthetic 30 --lambda 0.9 --relative-error 0.02 --json'),
  'madloop ess table': async ({ folder }) =>
    madloop(folder, words('ess --dim 4 --real 20 --synthetic 30 --lambda 0.9 --relative-error 0.02')),
  'madloop evaluate': evaluate('real.npy generated.npy --k 3,5 --seed 2'),
  'madloop evaluate statistics': evaluate('real.npz generated.npy --convention prdc'),
  'madloop stats': json(`stats ${digits} -o digits.npz --extractor pixels --json`),
  'madloop stats merge': async ({ folder }) => {
    await madloop(folder, ['stats', digits, '-o', 'digits.npz', '--extractor', 'pixels']);
    const printed = await madloop(folder, words('stats merge digits.npz digits.npz -o all.npz --json'));
    return { printed: deterministic(JSON.parse(printed)), bytes: await readFile(join(folder, 'all.npz')) };
  },
  'madloop study, export': async ({ folder }) => {
    const cells = '--dim 3 --real 5,20 --synthetic 10,40 --lambda 0.8,1 --relative-error 0.05';
    const printed = await madloop(folder, words(`study ${cells} --store study.sqlite --json`));
    const csv = await madloop(folder, words('study export study.sqlite'));
    await madloop(folder, words('study export study.sqlite -o study.json'));
    const exported = JSON.parse(await readFile(join(folder, 'study.json'), 'utf8'));
    return { printed: deterministic(JSON.parse(printed)), csv, exported: deterministic(exported) };
  },
  'madloop study shards, merge': async ({ folder }) => {
    const cells = '--dim 2 --real 5,20 --synthetic 10,40 --relative-error 0.05';
    for (const shard of [0, 1]) {
      await madloop(folder, words(`study ${cells} --store part.sqlite --shards 2 --shard ${shard}`));
    }
    await madloop(folder, words('study merge part-shard-0-of-2.sqlite part-shard-1-of-2.sqlite -o all.sqlite'));
    return madloop(folder, words('study export all.sqlite'));
  },
  // Figure 10 is simulateGaussianLoop for a minute, and 11, 12, 30 and 31 are studies for several.
  'madloop figure 14': files('figure 14 --generations 2', 'figure-14'),
  'madloop figure 15': files('figure 15 --generations 2 --replicates 2', 'figure-15'),
};
