import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { studyLayout } from '../../src/charts/study-layout.js';
import { reportPage } from '../../src/report/report-page.js';
import { columnsOfStudy, studyOfColumns } from '../../src/report/study-columns.js';
import { summary } from '../../src/report/summary.js';
import type { StudyDocument } from '../../src/studies/definition/study-document.js';
import { gridStudy, linesStudy, mapStudy, studyCell } from '../support/studies.js';

const hostile = '</script><script>alert(1)</script>\u2028"&\'';

/** What a page keeps of a study. */
function reported(study: StudyDocument): StudyDocument {
  const digits: Record<string, number> = { standardError: 4, varianceReduction: 5, ratioLow: 8, ratioHigh: 8 };
  const short = (name: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(digits[name] ?? 6)) : value;
  const cells = study.cells.map((cell) => ({
    ...cell,
    result:
      cell.result &&
      Object.fromEntries(
        Object.entries(cell.result)
          .filter(([name]) => name !== 'low' && name !== 'high')
          .map(([name, value]) => [name, short(name, value)]),
      ),
  }));
  return JSON.parse(JSON.stringify({ ...study, cells }));
}

describe('the page', () => {
  const study = { ...mapStudy(4), title: hostile };
  const page = reportPage([study, linesStudy()]);

  test('holds the studies as data, whatever is in them', () => {
    const [, json] = page.match(/<script type="application\/json" id="studies">(.*?)<\/script>/)!;
    expect(JSON.parse(json!).map(studyOfColumns)).toEqual([study, linesStudy()].map(reported));
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
      "default-src 'none'; img-src data:; " +
        `style-src '${hashOf(/<style>(.*?)<\/style>/s)}'; ` +
        `script-src '${hashOf(/<script type="module">(.*?)<\/script>/s)}'; ` +
        "base-uri 'none'; form-action 'none'",
    );
    // Nothing to be loaded, no style or handler in an attribute; pictures are in the page.
    expect(page.replaceAll(/ href="data:image\/png;base64,[\w+/=]+"/g, '')).not.toMatch(
      /<[^>]* (src|href|style|on\w+)=/,
    );
  });

  test('has a cell of every study once for each quantity, whether it has a number or not', () => {
    const points = [...page.matchAll(/data-cell="(\d+)"/g)].map(([, index]) => Number(index));
    const ofMaps = [...page.matchAll(/data-x="(.*?)" data-y="(.*?)" data-cells="(.*?)"/g)].flatMap(
      ([, x, y, cells]) => {
        const [columns, rows] = [x, y].map((edges) => JSON.parse(edges!).length - 1);
        const [first, along, up] = JSON.parse(cells!);
        return Array.from(
          { length: rows! * columns! },
          (_, k) => first + along * (k % columns!) + up * Math.floor(k / columns!),
        );
      },
    );
    const cells = [...points, ...ofMaps];
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

test('the heading says what was studied, unless a title does; below the table stands what its columns mean', () => {
  const study = linesStudy();
  const headings = (title: string, method: StudyDocument['method'] = 'monte-carlo') => {
    const charts = reportPage([{ ...study, name: 'study', title, method }]).replace(
      /<script.*?<\/script>/gs,
      '',
    );
    return [...charts.matchAll(/<(?:h2|p class="notes")>([^<]*)</g)].map(([, text]) => text);
  };
  expect(headings('study')).toEqual([
    'study: limit points of the fresh data loop over n, p',
    expect.stringMatching(/^chains: .*; generations: .*; variance reduction: /),
  ]);
  expect(headings('More data')[0]).toBe('More data');
  // It has neither chains nor their errors.
  expect(headings('study', 'deterministic')).toHaveLength(1);
});

test('columns give back the study, whatever is missing, and are short', () => {
  const cells = [
    studyCell({ real: 5 }, null),
    { ...studyCell({ synthetic: 7 }, null), error: 'ERR_NO_VARIANCE: none' },
    studyCell({ lambda: 0.5, memory: 2 }),
  ];
  for (const study of [mapStudy(4), linesStudy(), gridStudy([]), { ...gridStudy([]), axes: [], cells }])
    expect(studyOfColumns(JSON.parse(JSON.stringify(columnsOfStudy(study))))).toEqual(reported(study));
});

test('a page of 50,000 cells is below 5 MB', () => {
  const values = (count: number, step: number) => Array.from({ length: count }, (_, i) => 10 + step * i);
  const study = gridStudy([
    { axis: 'lambda', values: [0.7, 0.8, 0.9, 0.95, 1] },
    { axis: 'real', values: values(100, 7) },
    { axis: 'synthetic', values: values(100, 30).map((value) => Math.round(value * 1.01 ** value)) },
  ]);
  expect(study.cells.length).toBe(50_000);
  const before = process.cpuUsage();
  const page = reportPage([study]);
  expect(Buffer.byteLength(page)).toBeLessThan(5e6);
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(15);
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

  test('never counts a model that has nearly shrunk to its mean as helped', () => {
    const study = gridStudy(
      [
        { axis: 'real', values: [10, 1000] },
        { axis: 'lambda', values: [0.5] },
      ],
      (cell) => ({ ...cell, result: { ...cell.result!, admissible: true } }),
    );
    const sentences = words(study);
    expect(sentences[1]).toBe('All 2 cells are finished.');
    expect(sentences[2]).toContain('help (nₑ ≥ nᵣ) in 1 and hurt in 0.');
    expect(sentences[3]).toMatch(/^In 1 more the model has collapsed: it has nearly shrunk to its mean/);
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
