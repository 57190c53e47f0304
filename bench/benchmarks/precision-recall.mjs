import { dataMatrix, withFile } from '../lib/data.mjs';
import { interleave, secondsPerUnit } from '../lib/interleave.mjs';
import { number, timing } from '../lib/report.mjs';

const sizes = [
  { rows: 10_000, cols: 64 },
  { rows: 10_000, cols: 2_048 },
];
const k = 5;

export const title = 'Precision, recall, density and coverage, k = 5, float32, against 10,000 real samples';

export async function run({ madloop, threads, rounds, peers }) {
  const results = [];
  for (const size of sizes) results.push(await measure(size, { madloop, threads, rounds, peers }));
  return {
    columns: [
      'size',
      'madloop',
      'GFlop/s',
      'with intervals',
      'scikit-learn',
      'times faster',
      'FAISS + NumPy',
      'times faster',
    ],
    rows: results.map(({ row }) => row),
    noisy: results.flatMap(({ row, noisy }) => noisy.map((reason) => `${row[0]}: ${reason}`)),
    disagreements: results.flatMap(({ disagreements }) => disagreements),
    data: results.map(({ data }) => data),
  };
}

/**
 * Two samples of one law, the second spread half a percent wider: about half of the samples lie inside the other set's
 * balls, so that the answers are far from 0 and 1 and depend on every distance.
 */
function twoSets(rows, cols) {
  const both = dataMatrix(2 * rows, cols, 1);
  const sets = [both.subarray(0, rows * cols), both.subarray(rows * cols)];
  const generated = sets[1];
  for (let i = 0; i < generated.length; i += 1) generated[i] *= 1.005;
  return sets;
}

async function measure({ rows, cols }, { madloop, threads, rounds, peers }) {
  const sets = twoSets(rows, cols);
  const [real, generated] = sets.map((data) => {
    const shared = new Float32Array(new SharedArrayBuffer(data.byteLength));
    shared.set(data);
    return madloop.matrix(shared, rows, cols);
  });
  let ours;
  const theirs = {};
  const call = (options) => () =>
    secondsPerUnit(1, async () => {
      ours = await madloop.precisionRecall(real, generated, { k, convention: 'prdc', threads, ...options });
    });
  const { timings, foreign, noisy } = await withFile(sets, (path) => {
    const contenders = { ours: call({}), intervals: call({ intervals: true }) };
    for (const method of peers ? ['sklearn', 'faiss'] : []) {
      contenders[method] = async () => {
        theirs[method] = await peers.all.ask('precision_recall', { path, rows, cols, k, method });
        return theirs[method].seconds;
      };
    }
    return interleave(contenders, { rounds });
  });
  const disagreements = [];
  for (const metric of ['precision', 'recall', 'density', 'coverage']) {
    // Answers like 0 would agree whatever the sides computed.
    if (!(ours[metric] > 0.02 && ours[metric] < 0.999))
      disagreements.push(`${cols} columns: the data give ${metric} = ${ours[metric]}, which checks nothing`);
  }
  for (const [method, result] of Object.entries(theirs)) {
    for (const metric of ['precision', 'recall', 'density', 'coverage']) {
      // The peers round: a decision or two may differ.
      const difference = Math.abs(result[metric] - ours[metric]);
      if (!(difference <= 3 / rows))
        disagreements.push(`${method}, ${cols} columns: ${metric} differs by ${difference}`);
    }
  }
  const flops = 4 * rows ** 2 * cols; // half of either set with itself, and all of both
  const against = (method) =>
    peers
      ? [timing(timings[method]), `**${number(timings[method].median / timings.ours.median)}**`]
      : ['-', '-'];
  return {
    row: [
      `${rows} × ${cols}`,
      timing(timings.ours),
      number(flops / timings.ours.median / 1e9),
      timing(timings.intervals),
      ...against('sklearn'),
      ...against('faiss'),
    ],
    noisy,
    disagreements,
    data: { rows, cols, timings, foreign, ours, theirs },
  };
}
