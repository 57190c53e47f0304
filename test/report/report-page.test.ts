import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { studyLayout } from '../../src/charts/study-layout.js';
import { reportPage } from '../../src/report/report-page.js';
import { summary } from '../../src/report/summary.js';
import { gridStudy, linesStudy, mapStudy, studyCell } from '../support/studies.js';

const hostile = '</script><script>alert(1)</script>\u2028"&\'';

describe('the page', () => {
  const study = { ...mapStudy(4), title: hostile };
  const page = reportPage([study, linesStudy()]);

  test('holds the studies as data, whatever is in them', () => {
    const [, json] = page.match(/<script type="application\/json" id="studies">(.*?)<\/script>/)!;
    expect(JSON.parse(json!)).toEqual(JSON.parse(JSON.stringify([study, linesStudy()])));
    expect(json).not.toContain('<');
    expect(page).not.toContain('\u2028</script>');
    expect(page).not.toContain('<script>alert');
    expect(page).not.toMatch(/<here>/);
  });

  test('allows its own style and script and nothing else', () => {
    const [, policy] = page.match(/Content-Security-Policy" content="([^"]*)"/)!;
    const hashOf = (pattern: RegExp) =>
      `sha256-${createHash('sha256').update(page.match(pattern)![1]!).digest('base64')}`;
    expect(policy).toBe(
      "default-src 'none'; " +
        `style-src '${hashOf(/<style>(.*?)<\/style>/s)}'; ` +
        `script-src '${hashOf(/<script type="module">(.*?)<\/script>/s)}'; ` +
        "base-uri 'none'; form-action 'none'",
    );
    // Nothing to be loaded, no style or handler in an attribute.
    expect(page).not.toMatch(/<[^>]* (src|href|style|on\w+)=/);
  });

  test('has a cell of every study once for each quantity, whether it has a number or not', () => {
    const cells = [...page.matchAll(/data-cell="(\d+)"/g)].map(([, index]) => Number(index));
    const expected = [study, linesStudy()].flatMap(({ cells }) => cells.flatMap((_, index) => [index, index]));
    expect(cells.sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b));
  });

  test('draws no place that is not a number', () => {
    const charts = page.replace(/<script.*?<\/script>/gs, '');
    expect(charts).not.toContain('NaN');
    expect(charts).not.toContain('undefined');
    expect(charts).not.toContain('Infinity');
  });
});

test('studies of one cell, without any result, and without intervals make a page too', () => {
  const one = { ...gridStudy([]), cells: [studyCell({})] };
  const empty = { ...one, cells: [studyCell({}, null), studyCell({ synthetic: 5 }, null)] };
  const { result, ...cell } = studyCell({ real: 50 });
  const bare = {
    ...result!,
    standardError: null,
    low: null,
    high: null,
    ratioLow: null,
    ratioHigh: null,
  };
  const deterministic = {
    ...one,
    method: 'deterministic' as const,
    cells: [{ ...cell, result: bare }, studyCell({ real: 70 })],
  };
  for (const study of [one, empty, deterministic]) {
    const charts = reportPage([study]).replace(/<script.*?<\/script>/gs, '');
    expect(charts).not.toContain('NaN');
    expect(charts).not.toContain('Infinity');
  }
});

describe('the summary', () => {
  const words = (study: ReturnType<typeof mapStudy>) => {
    const { further, x, y } = studyLayout(study);
    return summary(study, [...further, x, y]);
  };

  test('counts cells', () => {
    const study = mapStudy(20);
    const [setting, done, threshold] = words(study);
    expect(setting).toBe(
      'The fresh data loop: nᵣ new real samples and nₛ synthetic ones in each generation; d = 100; memory = 1.',
    );
    expect(done).toBe('Of 1,200 cells, 1,198 are finished; 1 not yet, 1 has no answer.');
    const count = (admissible: unknown) =>
      study.cells.filter(({ result }) => result?.admissible === admissible).length;
    const [helps, hurts] = [count(true), count(false)];
    expect(threshold).toContain(`(nₑ ≥ nᵣ) in ${helps} and`);
    expect(threshold).toContain(`hurt in ${hurts}`);
    expect(helps + hurts + count('undecided')).toBe(1198);
  });

  test('says which loop it was, of which model, and what is the same everywhere', () => {
    const study = {
      ...gridStudy([{ axis: 'synthetic', values: [10, 20] }]),
      fixed: { variant: 'synthetic-augmentation', divisor: 'mle', dim: 5, memory: 2 },
    };
    const [setting] = words(study);
    expect(setting).toContain('The synthetic augmentation loop: the same nᵣ real samples');
    expect(setting).toContain('d = 5');
    expect(setting).toContain('memory = 2');
    expect(setting).toContain('covariances with divisor N');
    expect(reportPage([mapStudy(20)])).toContain('A Gaussian model is fitted');
  });

  test('names the extremes and the precision', () => {
    const study = gridStudy([{ axis: 'synthetic', values: [0, 100, 1000] }]);
    const sentences = words(study);
    expect(sentences[1]).toBe('All 3 cells are finished.');
    expect(sentences).toContain('nₑ / nᵣ lies between 1 at nₛ = 0, λ = 1 and 1.5 at nₛ = 1,000, λ = 1.');
    expect(sentences.at(-1)).toBe(
      'Standard errors of the limit points are at most 0.1 % of them (0.1 % was asked for).',
    );
  });
});
