// Prints the tables of docs/effective-sample-size.md: node scripts/effective-sample-size-tables.mjs [accuracy|thresholds|time] [d,d,...]
import { admissibleThreshold, effectiveSampleSize, limitPoint } from 'madloop';

const wanted = process.argv[2];
const dims = process.argv[3] ? process.argv[3].split(',').map(Number) : [10, 30, 100, 300, 1000];

/** The deterministic limit against Monte Carlo, at constant ratios of counts to dimension. */
async function accuracy() {
  // n_r / d, n_s / d, lambda
  const shapes = [
    [1, 9, 1],
    [1, 9, 0.8],
    [2, 0.5, 0.85],
    [2.5, 10, 0.7],
    [10, 10, 1],
    [10, 100, 1],
  ];
  const rows = [];
  for (const dim of dims) {
    for (const [real, synthetic, lambda] of shapes) {
      const cell = { dim, real: real * dim, synthetic: synthetic * dim, lambda };
      // Enough to see the method's own error, about dispersion / dim.
      const formula = await limitPoint({ ...cell, method: 'deterministic' });
      const relativeError = Math.min(2e-3, Math.max(formula.accuracy.relativeError / 15, 2e-5));
      const { distance, standardError } = await limitPoint({ ...cell, relativeError });
      const error = formula.distance / distance - 1;
      rows.push([
        dim,
        `${cell.real}, ${cell.synthetic}, ${lambda}`,
        formula.accuracy.dispersion.toFixed(3),
        `${distance.toPrecision(6)} ± ${standardError.toPrecision(1)}`,
        formula.distance.toPrecision(6),
        `${(100 * error).toFixed(3)} ± ${((100 * standardError) / distance).toFixed(3)} %`,
        ((error * dim) / formula.accuracy.dispersion).toFixed(2),
      ]);
      console.error(rows.at(-1).join(' | '));
    }
  }
  table(['d', 'n_r, n_s, λ', 'dispersion v', 'Monte Carlo', 'deterministic', 'error', 'error d / v'], rows);
}

/** Thresholds at d = 100, beside their limit for n_r -> infinity. */
async function thresholds() {
  const dim = 100;
  const lambdas = [0.1, 0.3, 0.5, 0.7, 0.85];
  const rows = [];
  for (const real of [100, 250, 1000, 10_000]) {
    const row = [real];
    for (const lambda of lambdas) {
      const { synthetic, standardError } = await admissibleThreshold({
        dim,
        real,
        lambda,
        relativeError: 3e-3,
      });
      row.push(`${synthetic.toFixed(1)} ± ${standardError.toFixed(1)}`);
    }
    rows.push(row);
    console.error(row.join(' | '));
  }
  const closed = lambdas.map((lambda) =>
    ((4 * (2 - lambda) + (dim + 1) * (0.5 + 1.5 * lambda - lambda ** 2)) / (1 - lambda) ** 2).toFixed(1),
  );
  rows.push(['∞', ...closed]);
  table(['n_r', ...lambdas.map((lambda) => `λ = ${lambda}`)], rows);
}

/** Seconds of a call of the deterministic method, limit point and effective sample size together. */
async function time() {
  const rows = [];
  for (const [dim, real, synthetic, lambda] of [
    [100, 100, 900, 1],
    [1000, 1000, 1000, 0.9],
    [100_000, 1e6, 1e9, 1],
    [100_000, 1e9, 1e9, 0.5],
  ]) {
    const options = { dim, real, synthetic, lambda, method: 'deterministic', threads: 1 };
    const times = [];
    for (let i = 0; i < 20; i += 1) {
      const start = performance.now();
      await effectiveSampleSize(options);
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    rows.push([dim, real, synthetic, lambda, `${times[10].toFixed(1)} ms`]);
  }
  table(['d', 'n_r', 'n_s', 'λ', 'median time'], rows);
}

function table(columns, rows) {
  for (const row of [columns, columns.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`);
  console.log();
}

for (const [name, print] of Object.entries({ accuracy, thresholds, time })) {
  if (wanted === undefined || wanted === name) await print();
}
