import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadGraph, reach } from '../support/rooms.js';

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
  expect(files.filter((file) => under('studies/store/')(file) || under('studies/run/')(file))).toEqual([]);
});

it('whoever reads files loads no loops', () => {
  expect(loads('features/index.ts').filter(under('loops/'))).toEqual([]);
});
