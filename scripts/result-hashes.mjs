// The same bits? Makes calls over the whole public API, small ones, and records a hash of each result.
//
//   node scripts/result-hashes.mjs           prints the record as JSON
//   node scripts/result-hashes.mjs --write   writes it to test/fixtures/result-hashes.json
//   node scripts/result-hashes.mjs --check   compares with that file: names every call that differs, and exits with 1
//   node scripts/result-hashes.mjs --levels  compares the levels in that file with each other, without a call
//   ... WORD ...                             only the calls whose names hold one of the words; with --write the others keep their
//                                            records, as with --here
//   ... --here                               the level that the loader takes, in this process, and only the calls that start none:
//                                            an emulator of another processor starts programs of this one's alone
//
// It needs the built package (dist/ and build/), of which it uses the public face alone: dist/index.js and dist/cli/main.js.
// There is one record a level of the engine (v2 and v3 on x86-64, generic elsewhere), each made in a process of its own with
// MADLOOP_CPU; a level that is not built is named and skipped. MADLOOP_THREADS is obeyed, and must not matter.
//
// Left out, since they differ from run to run or from machine to machine: versions, the level's name, times, paths, the bytes of
// a study's store, pictures, and progress. Everything else of a result is in its hash, doubles with all their bits.
//
// Results of a level are promised for one build; another compiler can change last digits.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as madloop from '../dist/index.js';
import { calls as commandLine } from './result-hashes/command-line.mjs';
import { calls as errors } from './result-hashes/errors.mjs';
import { calls as files } from './result-hashes/files.mjs';
import { calls as gaussianLoops } from './result-hashes/gaussian-loops.mjs';
import { calls as limitPoints } from './result-hashes/limit-points.mjs';
import { calls as loops } from './result-hashes/loops.mjs';
import { calls as metrics } from './result-hashes/metrics.mjs';
import { calls as models } from './result-hashes/models.mjs';
import { record } from './result-hashes/record.mjs';
import { calls as studies } from './result-hashes/studies.mjs';

const subjects = [gaussianLoops, limitPoints, metrics, models, loops, studies, files, commandLine, errors];
const recordFile = fileURLToPath(new URL('../test/fixtures/result-hashes.json', import.meta.url));
const levels = process.arch === 'x64' ? ['v2', 'v3'] : ['generic'];

const { values: flags, positionals: words } = parseArgs({
  options: {
    write: { type: 'boolean' },
    check: { type: 'boolean' },
    times: { type: 'boolean' }, // says how long each call took
    here: { type: 'boolean' },
    levels: { type: 'boolean' },
    level: { type: 'string' }, // of the child processes
  },
  allowPositionals: true,
});

if (flags.level !== undefined) await recordLevel(flags.level);
else if (flags.levels) compareLevels(JSON.parse(readFileSync(recordFile, 'utf8')));
else process.exitCode = recordLevels(flags.here ? await recordHere() : await recordChildren());

/** In a child process: makes the calls with the level that MADLOOP_CPU forces, and writes the record to standard output. */
async function recordLevel(level) {
  try {
    if (madloop.info().variant !== level)
      throw new Error(`the engine is ${madloop.info().variant}, not ${level}`);
  } catch (error) {
    const absent = /no such file|this processor supports only/.exec(error.message);
    if (error.code !== 'ERR_ADDON' || absent === null) throw error;
    process.stdout.write(
      JSON.stringify({ skipped: absent[0] === 'no such file' ? 'not built' : error.message }),
    );
    return;
  }
  process.stdout.write(JSON.stringify({ results: await recordCalls(level, chosenCalls()) }));
}

/** The record of the level that is loaded, of calls that start no process. */
async function recordHere() {
  const level = madloop.info().variant;
  const calls = Object.entries(chosenCalls()).filter(
    ([name]) => !/^(madloop |runStudy|processModel)/.test(name),
  );
  return { [level]: await recordCalls(level, Object.fromEntries(calls)) };
}

async function recordCalls(level, calls) {
  const results = {};
  for (const [name, call] of Object.entries(calls)) {
    const folder = mkdtempSync(join(tmpdir(), 'madloop-hashes-'));
    const begin = performance.now();
    try {
      results[name] = record(await call({ folder }));
    } catch (error) {
      results[name] = { failed: `${error.code ?? error.name}: ${error.message}` };
      console.error(`${level}: ${name} failed:`, error);
    } finally {
      rmSync(folder, { recursive: true });
    }
    if (flags.times) console.error(`${((performance.now() - begin) / 1000).toFixed(2)} s  ${name}`);
  }
  return results;
}

function chosenCalls() {
  const calls = allCalls();
  if (words.length === 0) return calls;
  return Object.fromEntries(
    Object.entries(calls).filter(([name]) => words.some((word) => name.includes(word))),
  );
}

function allCalls() {
  const calls = {};
  for (const [name, call] of subjects.flatMap((subject) => Object.entries(subject))) {
    if (name in calls) throw new Error(`two calls are called ${name}`);
    calls[name] = call;
  }
  checkCoverage(Object.keys(calls));
  return calls;
}

/** Every function that the package exports is in the name of a call. */
function checkCoverage(names) {
  // What has no result in numbers: pictures may change.
  const studies = ['loopStudyCurves', 'loopStudyMap', 'studyCurves', 'studyMap'];
  const charts = ['heatMap', 'lineChart', 'lineCharts', 'loopCurve', 'sampleSheet', ...studies];
  const withoutResults = ['info', 'matrix', 'MadloopError', ...charts];
  const called = new Set(names.flatMap((name) => name.split(/[ ,]+/)));
  const missing = Object.keys(madloop).filter((name) => !called.has(name) && !withoutResults.includes(name));
  if (missing.length > 0) throw new Error(`no call for ${missing.join(', ')}`);
}

/** The records of every level that is built, by child processes. */
async function recordChildren() {
  const found = {};
  for (const level of levels) {
    const { results, skipped } = await runLevel(level);
    if (skipped !== undefined) console.error(`${level}: skipped, ${skipped}`);
    else found[level] = results;
  }
  return found;
}

/** Prints, writes or checks records of levels; returns the exit status. */
function recordLevels(found) {
  if (Object.keys(found).length === 0) {
    console.error('no level is built');
    return 1;
  }
  const recorded = JSON.parse(readFileSync(recordFile, 'utf8'));
  if (flags.check) return compare(recorded, found);
  const failed = Object.values(found).some((results) =>
    Object.values(results).some((entry) => 'failed' in entry),
  );
  const text = recordText(flags.write ? renewed(recorded, found) : found);
  if (!flags.write || failed) {
    process.stdout.write(text);
    return failed ? 1 : 0;
  }
  writeFileSync(recordFile, text);
  console.error(`wrote ${recordFile}`);
  return 0;
}

/**
 * The record with what was found now. Levels that are not of this processor, or not built here, keep theirs; so do calls that were
 * not made, as long as there are such calls.
 */
function renewed(recorded, found) {
  const names = Object.keys(allCalls());
  const sections = Object.entries(found).map(([level, results]) => {
    const entries = { ...recorded[level], ...results };
    const kept = names.filter((name) => name in entries).map((name) => [name, entries[name]]);
    return [level, Object.fromEntries(kept)];
  });
  return { ...recorded, ...Object.fromEntries(sections) };
}

async function runLevel(level) {
  const { MADLOOP_BINARY: _, MADLOOP_SHARDS: _shards, MADLOOP_SHARD: _shard, ...env } = process.env;
  const args = [
    fileURLToPath(import.meta.url),
    ...words,
    `--level=${level}`,
    ...(flags.times ? ['--times'] : []),
  ];
  const child = spawn(process.execPath, args, {
    env: { ...env, MADLOOP_CPU: level },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  const status = await new Promise((resolve) => child.on('close', resolve));
  if (status !== 0) throw new Error(`${level}: ended with status ${status}`);
  return JSON.parse(output);
}

/** JSON with a line a call, so that differences can be read. */
function recordText(found) {
  const sections = Object.entries(found).map(([level, results]) => {
    const lines = Object.entries(results).map(
      ([name, entry]) => `    ${JSON.stringify(name)}: ${JSON.stringify(entry)}`,
    );
    return `  ${JSON.stringify(level)}: {\n${lines.join(',\n')}\n  }`;
  });
  return `{\n${sections.join(',\n')}\n}\n`;
}

/** Says what differs from what was recorded; returns the exit status. */
function compare(recorded, found) {
  let differences = 0;
  const report = (level, name, text) => {
    differences += 1;
    console.log(`${level}: ${name}: ${text}`);
  };
  for (const [level, results] of Object.entries(found)) {
    const before = recorded[level];
    if (before === undefined) {
      report(level, 'the level', 'is not in the record');
      continue;
    }
    for (const [name, now] of Object.entries(results)) {
      if (now.failed !== undefined) report(level, name, `failed: ${now.failed}`);
      else if (before[name] === undefined) report(level, name, 'is not in the record');
      else if (before[name].hash !== now.hash) report(level, name, described(before[name], now));
    }
    if (words.length > 0 || flags.here) continue;
    for (const name of Object.keys(before))
      if (!(name in results)) report(level, name, 'is in the record alone');
  }
  const count = Object.values(found).reduce((sum, results) => sum + Object.keys(results).length, 0);
  console.log(`${Object.keys(found).join(', ')}: ${count} calls, ${differences} differences`);
  return differences === 0 ? 0 : 1;
}

/** Says of each two levels which of the calls that both have give the same bits, and how far the others are apart. */
function compareLevels(recorded) {
  const pairs = Object.keys(recorded).flatMap((one, i, all) => all.slice(i + 1).map((other) => [one, other]));
  for (const [one, other] of pairs) {
    const names = Object.keys(recorded[one]).filter((name) => name in recorded[other]);
    const changes = names
      .filter((name) => recorded[one][name].hash !== recorded[other][name].hash)
      .map((name) => ({ name, change: relativeChange(recorded[one][name], recorded[other][name]) }))
      .sort((a, b) => a.change - b.change);
    for (const { name, change } of changes) console.log(`${change.toExponential(1)}  ${name}`);
    const same = names.length - changes.length;
    const median = changes[changes.length >> 1]?.change.toExponential(1);
    console.log(
      `${one} and ${other}: ${same} of ${names.length} calls have the same bits; median change of the others ${median}`,
    );
  }
}

function described(before, now) {
  const [old, seen] = [before, now].map(numbersOf);
  return (
    `hash ${before.hash} -> ${now.hash}; leading numbers and norm ${old.join(', ')} -> ${seen.join(', ')}` +
    ` (relative change up to ${relativeChange(before, now).toExponential(1)})`
  );
}

/** The largest relative change of the numbers that are in the record. */
function relativeChange(before, now) {
  const seen = numbersOf(now);
  const relative = numbersOf(before).map((value, i) => Math.abs(seen[i] - value) / Math.abs(value || 1));
  return Math.max(...relative.filter((value) => !Number.isNaN(value)), 0);
}

function numbersOf({ leading, norm }) {
  return [...leading, norm];
}
