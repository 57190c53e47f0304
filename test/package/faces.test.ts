import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { reach } from '../support/graph.js';
import { loadGraph } from '../support/import-graph.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const graph = loadGraph(join(root, 'src'));
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, string | { types: string; default: string }>;
};
const faces = Object.entries(exports).flatMap(([name, face]) =>
  typeof face === 'string'
    ? []
    : [[name, face.default.replace('./dist/', '').replace(/\.js$/, '.ts')] as const],
);
const loads = (face: string) => [...reach(graph, face)];
const under = (folder: string) => (file: string) => file.startsWith(folder);

describe.each(faces)('%s', (_, face) => {
  it('is a source with its types beside it, and none of the command line is loaded with it', () => {
    expect([...graph.keys()]).toContain(face);
    expect(loads(face).filter(under('cli/'))).toEqual([]);
  });
});

it('whoever embeds the loops loads neither the store nor the engine of studies', () => {
  const files = loads('index.ts');
  expect(files).toContain('loops/autophagous-loop.ts');
  expect(
    files.filter(
      (file) =>
        under('studies/store/')(file) || under('studies/store-process/')(file) || under('studies/run/')(file),
    ),
  ).toEqual([]);
});

it('whoever reads files loads no loops', () => {
  expect(loads('features/index.ts').filter(under('loops/'))).toEqual([]);
});

it('whoever draws charts loads neither the engine nor studies', () => {
  const files = loads('charts/index.ts');
  const rooms = new Set(files.map((file) => file.split('/')[0]));
  expect([...rooms].sort()).toEqual(['base', 'charts', 'files', 'limits']);
  // A formula, by which a map of a study marks models that have collapsed.
  expect(files.filter(under('limits/'))).toEqual(['limits/stationary-variance.ts']);
});

it('what charts are drawn with is loaded when the first one is drawn', () => {
  // Says on standard error what is loaded, and when drawing begins.
  const hooks = `import { writeSync } from 'node:fs';
    export async function load(url, context, next) { writeSync(2, url + '\\n'); return next(url, context); }`;
  const dataUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
  const registration = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(hooks))});`;
  const program = `import * as all from 'madloop';
    import * as charts from 'madloop/charts';
    import { writeSync } from 'node:fs';
    writeSync(2, 'drawing\\n');
    const { svg } = charts.lineChart({ xTitle: 'x', yTitle: 'y', curves: [{ points: [{ x: 1, y: 1 }] }] });
    console.log(svg.slice(0, 4), Object.entries(charts).every(([name, value]) => all[name] === value));`;
  const args = ['--import', dataUrl(registration), '--input-type=module', '--eval', program];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  expect(stdout).toBe('<svg true\n');
  const [before] = stderr.split('drawing\n');
  expect(before).not.toBe(stderr);
  expect(before).toContain('dist/charts/line-chart.js');
  expect(before).not.toContain('d3-');
});
