// `npm start`: the three autophagous loops over real handwritten digits, then the paper's Figure 10.
//
//   npm start                     files go to ./madloop-results
//   npm start -- --output FOLDER --replicates 10
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { lineChartSpecification } from '../dist/charts/line-chart.js';
import { runDataLoop } from '../dist/cli/data-loop.js';
import { computeFigure10, figure10Chart, figure10Csv, figure10Table } from '../dist/cli/figures/figure-10.js';
import { curvePoint, loopDocument, variantTitles } from '../dist/cli/loop-result.js';
import { withProgressBar } from '../dist/cli/progress.js';
import { writeResultFiles } from '../dist/cli/result-files.js';
import { tableText, withError } from '../dist/cli/table.js';
import { csvText } from '../dist/files/csv.js';
import { info } from '../dist/index.js';
import { writeMatrix } from '../dist/matrix-file.js';
import { digitFeatures } from './make-digits.mjs';

// Every loop starts from 200 real digits and trains each later generation on 1,000 samples, so that the loops differ in
// their real data alone. Fresh data take 200 + 39 x 200 = 8,000 digits, all that there are beside the 2,000 held out.
const shared = { heldOut: 2000, initial: 200, generations: 40 };
const loops = [
  { variant: 'fully-synthetic', synthetic: 1000 },
  { variant: 'synthetic-augmentation', real: 200, synthetic: 800 },
  { variant: 'fresh-data', real: 200, synthetic: 800 },
];
const lambdas = [1, 0.8];

async function main() {
  const { values } = parseArgs({
    options: {
      output: { type: 'string', short: 'o', default: 'madloop-results' },
      replicates: { type: 'string', default: '20' },
    },
  });
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort(new Error('Ctrl-C')));
  const written = [
    ...(await runDigits(values.output, Number(values.replicates), interrupt.signal)),
    ...(await runFigure10(values.output, interrupt.signal)),
  ];
  console.log(`\nFiles:\n${written.map((path) => `  ${path}`).join('\n')}`);
}

async function runDigits(folder, replicates, signal) {
  const data = join(folder, 'digits.npy');
  const digits = digitFeatures();
  await writeMatrix(data, digits);
  console.log(
    `Loops over ${digits.rows} handwritten digits (${digits.cols} block means each), Gaussian model: Fréchet distance to ` +
      `${shared.heldOut} held-out digits, ${replicates} runs`,
  );
  const results = [];
  for (const loop of loops) {
    for (const lambda of lambdas) {
      const title = `${variantTitles[loop.variant]}, lambda ${lambda}`;
      const parameters = { data, ...shared, ...loop, lambda, replicates };
      results.push(
        await withProgressBar(title, (onProgress) => runDataLoop(parameters, { signal, onProgress })),
      );
    }
  }
  console.log(digitsTable(results));
  const files = {
    name: 'digits',
    document: digitsDocument(results),
    csv: digitsCsv(results),
    chart: digitsChart(results),
  };
  return [data, ...(await writeResultFiles(folder, files, signal))];
}

/** Distances at a few generations, and what they say. */
function digitsTable(results) {
  const shown = [1, 2, 5, 10, 20, 40];
  const rows = results.map(({ parameters, rows }) => [
    variantTitles[parameters.variant],
    String(parameters.lambda),
    ...shown.map((t) =>
      withError(rows[t - 1].metrics.distance.mean, rows[t - 1].metrics.distance.standardError),
    ),
  ]);
  const times = ({ rows }) =>
    `${(rows.at(-1).metrics.distance.mean / rows[0].metrics.distance.mean).toFixed(1)} times`;
  const [synthetic, biasedSynthetic, , , fresh, biasedFresh] = results;
  const { trace } = biasedSynthetic.rows.at(-1).metrics;
  return [
    tableText(['loop', 'lambda', ...shown.map((t) => `t = ${t}`)], rows),
    '',
    `Fully synthetic, the distance at t = 40 is ${times(synthetic)} that of t = 1 and still growing; with lambda 0.8 ${times(biasedSynthetic)}:`,
    `the model has collapsed to a point (variance ${trace.mean.toPrecision(2)} in all). With fresh data it levels off, at`,
    `${times(fresh)} that of t = 1, and with lambda 0.8 at ${times(biasedFresh)}.`,
  ].join('\n');
}

function digitsDocument(results) {
  const { version, variant } = info();
  return {
    madloop: version,
    instructionSet: variant,
    command: 'digits',
    loops: results.map((result) => loopDocument(result, info())),
  };
}

function digitsCsv(results) {
  return csvText(
    ['variant', 'lambda', 't', 'distance', 'distanceStandardError'],
    results.flatMap(({ parameters: { variant, lambda }, rows }) =>
      rows.map(({ t, metrics: { distance } }) => [variant, lambda, t, distance.mean, distance.standardError]),
    ),
  );
}

function digitsChart(results) {
  const { replicates } = results[0].parameters;
  return lineChartSpecification({
    title: 'Autophagous loops over handwritten digits',
    subtitle: [
      'Gaussian model, 49 features; generation 1: 200 real digits; later ones: 1,000',
      'samples, of which 200 are real except in the fully synthetic loop',
      `mean of ${replicates} runs; band: ± 2 standard errors`,
    ],
    xTitle: 'generation t',
    yTitle: 'Fréchet distance to held-out digits',
    colourTitle: 'loop',
    dashTitle: 'sampling bias',
    curves: results.map(({ parameters: { variant, lambda }, rows }) => ({
      colour: variantTitles[variant].replace(' loop', ''),
      dash: `λ = ${lambda}`,
      points: rows.map(({ t, metrics }) => curvePoint(t, metrics.distance)),
    })),
  });
}

async function runFigure10(folder, signal) {
  console.log('\nThe fresh data loop of the paper’s Figure 10, left (d = 100, n_r = 100, n_s = 900):');
  const { version, variant } = info();
  const figure = await withProgressBar('figure 10', (onProgress) =>
    computeFigure10({ replicates: 200, seed: 0n }, { signal, onProgress }),
  );
  console.log(figure10Table(figure));
  const document = { madloop: version, instructionSet: variant, command: 'figure 10', ...figure };
  const files = { name: 'figure-10', document, csv: figure10Csv(figure), chart: figure10Chart(figure) };
  return writeResultFiles(folder, files, signal);
}

main().catch((error) => {
  console.error(`madloop: ${error.code === 'ERR_ABORTED' ? 'interrupted' : error.message}`);
  process.exitCode = error.code === 'ERR_ABORTED' ? 130 : 1;
});
