// `npm run digits`: the paper's Figures 4, 6, 8 and 9 with a mixture of Gaussians over real handwritten digits. The three
// autophagous loops, without sampling bias and with lambda 0.8: Fréchet distance, precision and recall of each
// generation's samples against held-out digits, and a sheet of samples of each loop.
//
//   npm run digits                     files go to ./madloop-results
//   npm run digits -- --output FOLDER --replicates 2 --generations 5
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { lineChartsSpecification } from '../dist/charts/line-chart.js';
import { sampleSheetSvg } from '../dist/charts/sample-sheet.js';
import { runDataLoop } from '../dist/cli/loop/data-loop.js';
import { curvePoint, loopChart, loopCsv, loopDocument, variantTitles } from '../dist/cli/loop/loop-result.js';
import { withProgressBar } from '../dist/cli/terminal/progress.js';
import { writeResultFiles } from '../dist/cli/terminal/result-files.js';
import { tableText, withError } from '../dist/cli/terminal/table.js';
import { writeMatrix } from '../dist/features/matrix-file.js';
import { csvText } from '../dist/files/csv.js';
import { info } from '../dist/index.js';
import { digitFeatures } from './make-digits.mjs';

const side = 7;
const metrics = ['frechetDistance', 'precision', 'recall'];
const axisTitles = { frechetDistance: 'Fréchet distance', precision: 'precision', recall: 'recall' };

// Every loop starts from 400 real digits and trains each later generation on 1,000 samples, so that the loops differ in
// their real data alone. Fresh data take 20 x 400 = 8,000 digits, all that there are beside the 2,000 held out.
const shared = {
  heldOut: 2000,
  initial: 400,
  model: 'gmm',
  components: 10,
  covariance: 'tied',
  metrics,
  image: `${side}x${side}`,
};
const loops = [
  { variant: 'fully-synthetic', synthetic: 1000 },
  { variant: 'synthetic-augmentation', real: 400, synthetic: 600 },
  { variant: 'fresh-data', real: 400, synthetic: 600 },
];
const lambdas = [1, 0.8];

async function main() {
  const { values } = parseArgs({
    options: {
      output: { type: 'string', short: 'o', default: 'madloop-results' },
      replicates: { type: 'string', default: '4' },
      generations: { type: 'string', default: '20' },
    },
  });
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort(new Error('Ctrl-C')));
  const { signal } = interrupt;
  const folder = values.output;
  const data = join(folder, 'digits.npy');
  await writeMatrix(data, digitFeatures({ side }));
  const numbers = { replicates: Number(values.replicates), generations: Number(values.generations) };
  const results = [];
  const written = [data];
  for (const loop of loops) {
    for (const lambda of lambdas) {
      const parameters = { data, ...shared, ...loop, lambda, ...numbers };
      const title = `${variantTitles[loop.variant]}, lambda ${lambda}`;
      const result = await withProgressBar(title, (onProgress) =>
        runDataLoop(parameters, { signal, onProgress }),
      );
      results.push(result);
      const files = {
        name: `digits-${loop.variant}-${lambda}`,
        document: loopDocument(result, info()),
        csv: loopCsv(result),
        chart: loopChart(result),
        sheet: sampleSheetSvg(result.sheet),
      };
      written.push(...(await writeResultFiles(folder, files, signal)));
    }
  }
  console.log(digitsTable(results, numbers));
  const { version, variant } = info();
  const files = {
    name: 'digits',
    document: {
      madloop: version,
      instructionSet: variant,
      command: 'digits',
      loops: results.map((result) => loopDocument(result, info())),
    },
    csv: digitsCsv(results),
    chart: digitsChart(results, numbers),
  };
  written.push(...(await writeResultFiles(folder, files, signal)));
  console.log(`\nFiles:\n${written.map((path) => `  ${path}`).join('\n')}`);
}

/** The first and the last generation of each loop. */
function digitsTable(results, { replicates }) {
  const cell = ({ mean, standardError }) => withError(mean, standardError);
  const rows = results.flatMap(({ parameters, rows: generations }) =>
    [generations[0], generations.at(-1)].map((row) => [
      variantTitles[parameters.variant],
      String(parameters.lambda),
      String(row.t),
      ...metrics.map((name) => cell(row.metrics[name])),
    ]),
  );
  return [
    `Mixture of ${shared.components} Gaussians over handwritten digits (${side} x ${side} block means); samples against ${shared.heldOut} held-out digits, ${replicates} runs:`,
    tableText(['loop', 'lambda', 't', ...metrics], rows),
  ].join('\n');
}

function digitsCsv(results) {
  return csvText(
    ['variant', 'lambda', 't', ...metrics.flatMap((name) => [name, `${name}StandardError`])],
    results.flatMap(({ parameters: { variant, lambda }, rows }) =>
      rows.map(({ t, metrics: found }) => [
        variant,
        lambda,
        t,
        ...metrics.flatMap((name) => [found[name].mean, found[name].standardError]),
      ]),
    ),
  );
}

function digitsChart(results, { replicates }) {
  const charts = metrics.map((name) => ({
    title: '',
    subtitle: [],
    xTitle: 'generation t',
    yTitle: axisTitles[name],
    colourTitle: 'loop',
    dashTitle: 'sampling bias',
    curves: results.map(({ parameters: { variant, lambda }, rows }) => ({
      colour: variantTitles[variant].replace(' loop', ''),
      dash: `λ = ${lambda}`,
      points: rows.map(({ t, metrics: found }) => curvePoint(t, found[name])),
    })),
  }));
  const subtitle = [
    `Mixture of ${shared.components} Gaussians; generation 1: 400 real digits; later ones: 1,000 samples, of which 400 are real except in the fully synthetic loop;`,
    `samples against ${shared.heldOut.toLocaleString('en-US')} held-out digits; mean of ${replicates} runs; band: ± 2 standard errors`,
  ];
  return lineChartsSpecification('Autophagous loops over handwritten digits', subtitle, charts);
}

main().catch((error) => {
  console.error(`madloop: ${error.code === 'ERR_ABORTED' ? 'interrupted' : error.message}`);
  process.exitCode = error.code === 'ERR_ABORTED' ? 130 : 1;
});
