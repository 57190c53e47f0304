// The tables of options in docs/*.md, from the tables that the functions check by, and those of flags, from the commands.
//
//   node scripts/option-tables.mjs           writes the regions of every page (after npm run build)
//   node scripts/option-tables.mjs --check   says which pages are not what it would write, and fails if any is not
//
// A region is what stands between <!-- options: limitPoint --> or <!-- flags: limit --> and <!-- end -->. The options that every
// heavy call takes (threads, signal, onProgress) are left out.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { adviseOptions } from '../dist/advice/options.js';
import { heatMapOptions } from '../dist/charts/heat-map-data.js';
import { lineChartOptions } from '../dist/charts/line-chart-data.js';
import { loopStudyChartOptions } from '../dist/charts/loop-study-charts.js';
import { sampleSheetOptions } from '../dist/charts/sample-sheet.js';
import { studyChartOptions } from '../dist/charts/study-charts.js';
import { adviseCommand } from '../dist/cli/commands/advise.js';
import { collapseVerdictCommand } from '../dist/cli/commands/collapse-verdict.js';
import { essCommand } from '../dist/cli/commands/ess.js';
import { evaluateCommand } from '../dist/cli/commands/evaluate.js';
import { expectedDistanceCommand } from '../dist/cli/commands/expected-distance.js';
import { featuresCommand } from '../dist/cli/commands/features.js';
import { figureCommand } from '../dist/cli/commands/figure.js';
import { limitCommand } from '../dist/cli/commands/limit.js';
import { loopCommand } from '../dist/cli/commands/loop.js';
import { madTestCommand } from '../dist/cli/commands/mad-test.js';
import { statsCommand } from '../dist/cli/commands/stats.js';
import { studyCommand } from '../dist/cli/commands/study.js';
import { thresholdCommand } from '../dist/cli/commands/threshold.js';
import { jobOptions } from '../dist/engine/job.js';
import { gaussianLoopOptions } from '../dist/gaussian-loop/parameters.js';
import { admissibleThresholdOptions } from '../dist/limits/admissible-threshold.js';
import { limitPointOptions } from '../dist/limits/estimate-limit-point.js';
import { expectedDistanceOptions } from '../dist/limits/expected-distance.js';
import { autophagousLoopOptions } from '../dist/loops/loop-options.js';
import { replicatedLoopOptions } from '../dist/loops/replicated-autophagous-loop.js';
import { sampleMetricsOptions } from '../dist/loops/sample-metrics.js';
import { frechetDistanceInfinityOptions } from '../dist/metrics/frechet-distance-infinity.js';
import { frechetDistanceIntervalOptions } from '../dist/metrics/frechet-distance-interval.js';
import { kernelDistanceOptions } from '../dist/metrics/kernel-distance.js';
import { precisionRecallOptions } from '../dist/metrics/precision-recall.js';
import { externalModelOptions } from '../dist/models/external-model.js';
import { gaussianMixtureOptions } from '../dist/models/gaussian-mixture.js';
import { kernelDensityOptions } from '../dist/models/kernel-density.js';
import { processModelOptions } from '../dist/models/process-model/process-model.js';
import { datasetReferenceOptions } from '../dist/references/dataset-reference.js';
import { loopStudyOptions } from '../dist/studies/definition/loop-study.js';
import { studyDefinitionOptions } from '../dist/studies/definition/study-plan.js';
import { runStudyOptions } from '../dist/studies/run/run-in-store.js';
import { collapseVerdictOptions } from '../dist/verdict/collapse-verdict.js';
import { madTestOptions } from '../dist/verdict/mad-test.js';

const tables = {
  advise: adviseOptions,
  lineChart: lineChartOptions,
  heatMap: heatMapOptions,
  sampleSheet: sampleSheetOptions,
  studyMap: studyChartOptions,
  loopStudyMap: loopStudyChartOptions,
  simulateGaussianLoop: gaussianLoopOptions,
  autophagousLoop: autophagousLoopOptions,
  replicatedAutophagousLoop: replicatedLoopOptions,
  sampleMetrics: sampleMetricsOptions,
  madTest: madTestOptions,
  collapseVerdict: collapseVerdictOptions,
  limitPoint: limitPointOptions,
  expectedDistance: expectedDistanceOptions,
  admissibleThreshold: admissibleThresholdOptions,
  frechetDistanceInterval: frechetDistanceIntervalOptions,
  frechetDistanceInfinity: frechetDistanceInfinityOptions,
  kernelDistance: kernelDistanceOptions,
  precisionRecall: precisionRecallOptions,
  gaussianMixture: gaussianMixtureOptions,
  kernelDensity: kernelDensityOptions,
  externalModel: externalModelOptions,
  processModel: processModelOptions,
  datasetReference: datasetReferenceOptions,
  StudyDefinition: studyDefinitionOptions,
  LoopStudyDefinition: loopStudyOptions,
  runStudy: runStudyOptions,
};

const { signal } = new AbortController();
const commands = {
  advise: adviseCommand(signal),
  threshold: thresholdCommand(signal),
  'expected-distance': expectedDistanceCommand(signal),
  'mad-test': madTestCommand(signal),
  'collapse-verdict': collapseVerdictCommand(signal),
  loop: loopCommand(signal),
  limit: limitCommand(signal),
  ess: essCommand(signal),
  evaluate: evaluateCommand(signal),
  features: featuresCommand(signal),
  stats: statsCommand(signal),
  figure: figureCommand(signal),
  study: studyCommand(signal),
};

const docs = new URL('../docs/', import.meta.url).pathname;

/** The pages with regions, as they are and as they should be. */
export function pages() {
  const names = readdirSync(docs).filter((name) => name.endsWith('.md'));
  return names.map((name) => {
    const text = readFileSync(join(docs, name), 'utf8');
    return { name, text, wanted: rewritten(name, text) };
  });
}

function rewritten(page, text) {
  return text.replace(
    /^(<!-- (options|flags): (\S+) -->)\n[\s\S]*?^<!-- end -->$/gm,
    (_, begin, kind, name) => `${begin}\n${regionOf(page, kind, name)}\n<!-- end -->`,
  );
}

function regionOf(page, kind, name) {
  const found = (kind === 'options' ? tables : commands)[name];
  if (found === undefined) throw new Error(`docs/${page}: there are no ${kind} of '${name}'`);
  return kind === 'options' ? optionTable(found) : flagTable(found);
}

function optionTable(table) {
  const rows = rowsOf(table, '');
  return ['| option | value | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

/** A row an option; of an object, or an array of such, one for each of its members. */
function rowsOf(table, prefix) {
  const own = Object.entries(table).filter(([name]) => !(name in jobOptions));
  return own.flatMap(([name, { facts }]) => {
    if (facts.members !== undefined) {
      return rowsOf(facts.members, `${prefix}${name}${facts.isList ? '[]' : ''}.`);
    }
    const value = facts.unit === '' ? facts.allowed : `${facts.allowed}, ${facts.unit}`;
    const cells = [quoted(value), quoted(defaultOf(facts, table)), withCode(facts.meaning, table)];
    return [row([`\`${prefix}${name}\``, ...cells])];
  });
}

function flagTable(command) {
  const rows = command.options.map(({ flags, description }) =>
    row([`\`${flags}\``, description.replace(/--[a-z-]+/g, '`$&`')]),
  );
  return ['| flag | meaning |', '|---|---|', ...rows].join('\n');
}

/** What stands for an option that is left out. */
function defaultOf({ absent, defaultInWords }, table) {
  if (absent === 'error') return 'must be given';
  const value = absent === 'undefined' ? undefined : absent.default;
  if (typeof value === 'string' && value === defaultInWords) return `'${value}'`;
  const isPlain = ['number', 'boolean', 'bigint'].includes(typeof value) && /^[\w.-]+$/.test(defaultInWords);
  return isPlain ? `\`${defaultInWords}\`` : withCode(defaultInWords, table);
}

/** Words in quotation marks and objects, as code. */
const quoted = (text) => text.replace(/'[\w-]+'|\{[^}]*\}/g, (word) => `\`${word}\``);

/** Names of options that are no words of their own, as code. */
const withCode = (text, table) =>
  text.replace(/\b[a-z]+[A-Z]\w*\b/g, (name) => (name in table ? `\`${name}\`` : name));

const row = (cells) =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`.replaceAll('|  |', '| |');

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const stale = pages().filter(({ text, wanted }) => text !== wanted);
  const check = process.argv.includes('--check');
  for (const { name, wanted } of stale) {
    if (!check) writeFileSync(join(docs, name), wanted);
    console.log(`docs/${name}: ${check ? 'stale: node scripts/option-tables.mjs writes it' : 'written'}`);
  }
  if (check && stale.length > 0) process.exitCode = 1;
}
