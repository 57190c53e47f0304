// What importing the package loads, and what it leaves for later.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The files below the package's folder that a program imports, in the package's own folder, and what it prints. */
function run(program: string): { files: string[]; printed: string } {
  const hooks = `import { writeSync } from 'node:fs';
    export async function load(url, context, next) { writeSync(2, url + '\\n'); return next(url, context); }`;
  const registration = `import { register } from 'node:module'; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)});`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(registration)}`,
      '--input-type=module',
      '--eval',
      program,
    ],
    { cwd: root, encoding: 'utf8' },
  );
  expect([status, stderr.includes('Error')]).toEqual([0, false]);
  const files = [...stderr.matchAll(/^file:\/\/(\S+)$/gm)].map(([, path]) => decodeURI(path!));
  return {
    files: files.filter((path) => path.startsWith(root)).map((path) => path.slice(root.length)),
    printed: stdout,
  };
}

const draw = "lineChart({ xTitle: 'x', yTitle: 'y', curves: [{ points: [{ x: 1, y: 1 }] }] })";

test("importing 'madloop' loads what draws charts, but none of the modules that they are drawn with", () => {
  const { files, printed } = run(
    `import { lineChart } from 'madloop'; console.log(${draw}.svg.slice(0, 4), typeof lineChart);`,
  );
  expect(files).toContain('dist/charts/line-chart.js');
  expect(files.filter((path) => path.includes('d3-'))).toEqual([]);
  expect(printed).toBe('<svg function\n');
});

test("'madloop/charts' is the same charts without the engine, the store and the command line", () => {
  const { files, printed } = run(
    "import * as all from 'madloop'; import * as charts from 'madloop/charts';" +
      'console.log(Object.entries(charts).every(([name, value]) => all[name] === value), Object.keys(charts).join());',
  );
  expect(printed).toBe('true heatMap,lineChart,lineCharts,loopCurve,sampleSheet,studyCurves,studyMap\n');
  expect(files).toContain('dist/studies/run/run-study.js');
  const alone = run(`import { lineChart } from 'madloop/charts'; console.log(${draw}.svg.slice(0, 4));`);
  expect(alone.printed).toBe('<svg\n');
  const rooms = new Set(
    alone.files.filter((path) => path.startsWith('dist/')).map((path) => path.split('/')[1]),
  );
  expect([...rooms].sort()).toEqual(['base', 'charts', 'files']);
});
