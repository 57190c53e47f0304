import { expect, test } from 'vitest';
import { reportPage } from '../../src/report/report-page.js';
import { loopStudy } from '../support/loop-studies.js';
import { linesStudy } from '../support/studies.js';

const hostile = '</script><script>alert(1)</script>"&\'';

const study = loopStudy(
  [
    { axis: 'variant', values: ['fresh-data', hostile] },
    { axis: 'real', values: [10, 100, 1000] },
    { axis: 'synthetic', values: [5, 50] },
  ],
  (cell, i) => {
    if (i === 1) return { ...cell, result: null, error: 'ERR_MODEL: no <model>' };
    return i === 2 ? { ...cell, result: null, finished: 1 } : cell;
  },
);
const page = reportPage([{ ...study, title: hostile }, linesStudy()]);
const charts = page.replace(/<script.*?<\/script>/gs, '');

test('a study of loops has curves, maps, a table and what made it, beside one of limit points', () => {
  expect(charts.match(/class="band"/g)).toHaveLength(2 * 10);
  expect(charts).toContain('squared Wasserstein-2 distance in the last generation, variant = fresh-data');
  expect(charts).toContain('Of 12 loops, each run 4 times, 10 are finished.');
  expect(charts).toContain('<td>ERR_MODEL: no &lt;model&gt;</td>');
  expect(charts).toContain('<td>1 of 4 runs</td>');
  expect(charts).toContain('madloop 0.0.0, instruction set none');
  // The script knows the others by their places.
  expect(charts.match(/data-study="\d+"/g)).toEqual(['data-study="0"']);
  const [, json] = page.match(/<script type="application\/json" id="studies">(.*?)<\/script>/)!;
  expect(JSON.parse(json!)).toHaveLength(1);
});

test('it has no markup of a study, no place that is not a number, and nothing to be loaded', () => {
  expect(page).not.toContain('<script>alert');
  expect(charts).not.toMatch(/NaN|undefined|Infinity/);
  expect(charts.replaceAll(/ href="data:image\/png;base64,[\w+/=]+"/g, '')).not.toMatch(
    /<[^>]* (src|href|style|on\w+)=/,
  );
});

test('a page of loops alone says nothing of limit points', () => {
  expect(reportPage([study]).replace(/<script.*?<\/script>/gs, '')).not.toContain('limit point');
});
