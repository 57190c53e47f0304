// `npm run bench`: measures madloop, beside NumPy and SciPy where they are installed, and prints Markdown tables.
// bench/README.md says how, and holds the tables of the reference machine.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as eventLoop from './benchmarks/event-loop.mjs';
import * as expectedDistance from './benchmarks/expected-distance.mjs';
import * as floor from './benchmarks/floor.mjs';
import * as frechetDistance from './benchmarks/frechet-distance.mjs';
import * as freshLoop from './benchmarks/fresh-loop.mjs';
import * as gaussianMixture from './benchmarks/gaussian-mixture.mjs';
import * as kernelDistance from './benchmarks/kernel-distance.mjs';
import * as kernels from './benchmarks/kernels.mjs';
import * as limitPoint from './benchmarks/limit-point.mjs';
import * as loopOverhead from './benchmarks/loop-overhead.mjs';
import * as matrixSquareRoot from './benchmarks/matrix-square-root.mjs';
import * as moments from './benchmarks/moments.mjs';
import * as precisionRecall from './benchmarks/precision-recall.mjs';
import * as scaling from './benchmarks/scaling.mjs';
import * as studies from './benchmarks/studies.mjs';
import { busyAtStart } from './lib/load.mjs';
import { describeMachine, machineMarkdown } from './lib/machine.mjs';
import { buildNativePrograms } from './lib/native-programs.mjs';
import { startPeer, UnfairPeer } from './lib/peer.mjs';
import { markdown, writeSections } from './lib/report.mjs';

const benchmarks = {
  'fresh-loop': freshLoop,
  scaling,
  'limit-point': limitPoint,
  kernels,
  floor,
  'event-loop': eventLoop,
  'loop-overhead': loopOverhead,
  moments,
  'frechet-distance': frechetDistance,
  'kernel-distance': kernelDistance,
  'precision-recall': precisionRecall,
  'matrix-square-root': matrixSquareRoot,
  'expected-distance': expectedDistance,
  'gaussian-mixture': gaussianMixture,
  studies,
};

const usage = `node bench/run.mjs [options]
  --only NAME       one benchmark (may be repeated): ${Object.keys(benchmarks).join(', ')}
  --threads N       threads on either side (default: one a core)
  --rounds N        timings of each contender (default 5)
  --no-peers        without NumPy and SciPy
  --no-native       without the C++ programs (they need cmake): no kernels, no floor
  --native-build F  folder to build them in (default build-bench)
  --write           put the tables into bench/README.md and the medians into bench/results/reference.json; those of
                    --only say which commit they are of`;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    threads: { type: 'string', default: String(availableParallelism()) },
    rounds: { type: 'string', default: '5' },
    'no-peers': { type: 'boolean', default: false },
    'no-native': { type: 'boolean', default: false },
    'native-build': { type: 'string' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) {
  console.log(usage);
} else {
  process.exitCode = await main();
}

async function main() {
  const names = options.only ?? Object.keys(benchmarks);
  const unknown = names.find((name) => !(name in benchmarks));
  const threads = Number(options.threads);
  const rounds = Number(options.rounds);
  if (unknown || !(Number.isInteger(threads) && threads >= 1) || !(Number.isInteger(rounds) && rounds >= 1)) {
    console.error(usage);
    return 2;
  }

  const busy = busyAtStart();
  let madloop;
  try {
    madloop = await import('madloop');
  } catch (error) {
    console.error(`madloop is not built (npm run build:native && npm run build): ${error.message}`);
    return 1;
  }
  const info = madloop.info();
  let peers;
  try {
    peers = options['no-peers'] ? undefined : await startPeers(threads);
  } catch (error) {
    if (!(error instanceof UnfairPeer)) throw error;
    console.error(`${error.message}\n(--no-peers measures madloop alone)`);
    return 1;
  }
  if (!peers) console.error('Without NumPy and SciPy (python3-numpy, python3-scipy): madloop alone.');
  const native = options['no-native'] ? undefined : buildNativePrograms(info.variant, options['native-build']);

  if (options.write && !(peers && native)) {
    console.error(
      '--write needs NumPy and SciPy, and cmake: the tables in the README have both sides and the kernels',
    );
    await peers?.stop();
    return 1;
  }

  const date = new Date().toISOString();
  const machine = describeMachine(info, threads, peers?.all);
  const context = { madloop, threads, rounds, peers, native };
  const results = {};
  const sections = { machine: machineMarkdown(machine, date.slice(0, 10)) };
  if (busy) sections.machine += `\n\n**Noisy:** ${busy}.`;
  console.log(`${sections.machine}\n`);
  let agreed = true;
  for (const name of names) {
    const benchmark = benchmarks[name];
    const result = await benchmark.run(context);
    results[name] = result;
    sections[name] = markdown(result);
    agreed &&= result.disagreements.length === 0;
    console.log(`## ${benchmark.title}\n\n${sections[name]}\n`);
    for (const text of result.disagreements) console.error(`WRONG: ${text}`);
  }
  await peers?.stop();

  if (options.write && agreed) keep({ date, machine, busy, results }, sections, options.only);
  else save({ date, machine, busy, results }, date.replaceAll(/[:.]/g, '-'));
  return agreed ? 0 : 1;
}

/** One process with all threads, and one with a single thread for the tables that need it. */
async function startPeers(threads) {
  const all = await startPeer(threads);
  if (!all) return undefined;
  const single = threads === 1 ? all : await startPeer(1);
  return { all, single, stop: () => Promise.all([...new Set([all, single])].map((peer) => peer.stop())) };
}

/**
 * Puts the tables into the README and the measurements beside it. Those of a few benchmarks alone take their places among the
 * others, and say that they are of a run of their own.
 */
function keep(measurements, sections, only) {
  const { date, machine, busy, results } = measurements;
  const readme = fileURLToPath(new URL('README.md', import.meta.url));
  if (!only) {
    saveReference(measurements);
    writeSections(readme, sections);
    return;
  }
  const reference = JSON.parse(readFileSync(new URL('results/reference.json', import.meta.url), 'utf8'));
  const from = `Of a later run than the other tables: commit ${machine.commit}, ${date.slice(0, 10)}${busy ? `; ${busy}` : ''}.`;
  for (const name of only) {
    reference.results[name] = { ...results[name], date, machine };
    writeSections(readme, { [name]: `${sections[name]}\n\n${from}` });
  }
  saveReference(reference);
}

/** Of each timing the median, the minimum and the deviation: single values are in the files of every run. */
function saveReference(measurements) {
  save(
    JSON.parse(JSON.stringify(measurements, (name, value) => (name === 'values' ? undefined : value))),
    'reference',
  );
}

function save(measurements, name) {
  const folder = new URL('results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(measurements, null, 2)}\n`);
}
