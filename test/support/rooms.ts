// The rooms of the house: which file sees which, read from the imports of src and the includes of native, and what the
// layering forbids. Graphs are plain data, so that the tests can also build houses that are wrong.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import ts from 'typescript';

/** What each file sees: paths relative to the root of the graph ("engine/job.ts"), with '/' on every system. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** A chain of floors per line; a room sees the rooms on the floors before it on a line, and what those see. */
export type Layering = readonly string[];

export const sourceLayering: Layering = [
  'base <- engine, files <- distributions, metrics <- features, gaussian-loop <- models <- references <- loops <- verdict',
  'features, gaussian-loop <- limits',
  'limits, verdict <- advice <- studies <- charts <- report <- cli',
  'models <- models/process-model',
  'studies/definition <- studies/store <- studies/run <- studies',
  'cli/terminal <- cli/loop <- cli/figures <- cli/commands <- cli',
];

export const coreLayering: Layering = [
  'base <- random, inference <- linalg <- gaussian <- neighbours <- metrics <- mixture, loop <- limits',
];

/**
 * The imports of every TypeScript file below `root`, of types and at run time too; packages and Node's own modules are left
 * out.
 */
export function importGraph(root: string): Graph {
  return importsOf(root, () => true);
}

/** What importing a file loads: the imports that are neither of types alone nor made by a later call. */
export function loadGraph(root: string): Graph {
  const notLoaded = /import\(\s*'([^']+)'\s*\)|(?:import|export) type [^;]*? from '([^']+)'/g;
  return importsOf(root, (name, text) => {
    const loads = text.replace(notLoaded, '');
    return loads.includes(`'${name}'`);
  });
}

function importsOf(root: string, counts: (name: string, text: string) => boolean): Graph {
  return graphOf(root, /\.ts$/, (file, text) =>
    ts
      .preProcessFile(text)
      .importedFiles.map(({ fileName }) => fileName)
      .filter((name) => name.startsWith('.') && counts(name, text))
      .map((name) => posix(normalize(join(dirname(file), name))).replace(/\.js$/, '.ts')),
  );
}

/**
 * The includes of every C++ file below `root`: files below `root` by their path in it, all others ("<vector>",
 * "<Eigen/Dense>", "../binding/job.hpp") by what the include says, in angle brackets where it has them.
 * `prefix` is how includes name `root` ("core/").
 */
export function includeGraph(root: string, prefix: string): Graph {
  return graphOf(root, /\.(cpp|cc|hpp)$/, (file, text, files) =>
    [...text.matchAll(/^\s*#\s*include\s+([<"])([^>"]+)[>"]/gm)].map(([, bracket, name]) => {
      if (bracket === '<') return `<${name}>`;
      const beside = posix(normalize(join(dirname(file), name!)));
      if (files.has(beside)) return beside;
      return name!.startsWith(prefix) ? name!.slice(prefix.length) : name!;
    }),
  );
}

function graphOf(
  root: string,
  sources: RegExp,
  seenBy: (file: string, text: string, files: ReadonlySet<string>) => string[],
): Graph {
  const files = new Set(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && sources.test(entry.name))
      .map((entry) => posix(relative(root, join(entry.parentPath, entry.name))))
      .sort(),
  );
  return new Map([...files].map((file) => [file, seenBy(file, readFileSync(join(root, file), 'utf8'), files)]));
}

const posix = (path: string): string => path.split(sep).join('/');

/** The room a file is in: its folder. A file in the root is a room of its own. */
export function roomOf(file: string): string {
  const folder = dirname(file);
  return folder === '.' ? file : folder;
}

/** Files in the root itself, where none but `allowed` belongs. */
export function filesInRoot(graph: Graph, allowed: readonly string[]): string[] {
  return [...graph.keys()].filter((file) => !file.includes('/') && !allowed.includes(file));
}

/** An arrow from a room to another that one of its files sees, with such a file. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly because: string;
}

/** The arrows between rooms, each once. `room` says which room a file is in; files of `without` are left out. */
export function arrowsOf(
  graph: Graph,
  room: (file: string) => string,
  without: readonly string[] = [],
): Arrow[] {
  const arrows = new Map<string, Arrow>();
  for (const [file, seen] of graph) {
    for (const other of seen) {
      if (without.includes(file) || without.includes(other) || !graph.has(other)) continue;
      const [from, to] = [room(file), room(other)];
      const name = `${from} -> ${to}`;
      if (from !== to && !arrows.has(name)) arrows.set(name, { from, to, because: `${file} sees ${other}` });
    }
  }
  return [...arrows.values()];
}

/** The arrows that the layering does not allow, and those from and to rooms that it does not know. */
export function forbiddenArrows(arrows: readonly Arrow[], layering: Layering): string[] {
  const allowed = allowedArrows(layering);
  return arrows
    .filter(({ from, to }) => !allowed(from, to))
    .map(({ from, to, because }) => `${from} -> ${to}: ${because}`);
}

/** Whether a room may see another: by the layering of the rooms themselves, or of those they lie in. */
function allowedArrows(layering: Layering): (from: string, to: string) => boolean {
  const below = new Map<string, Set<string>>();
  for (const line of layering) {
    const floors = line.split(' <- ').map((floor) => floor.split(', '));
    for (const [index, floor] of floors.entries()) {
      for (const room of floor) {
        const seen = below.get(room) ?? new Set<string>();
        for (const lower of floors[index - 1] ?? []) seen.add(lower);
        below.set(room, seen);
      }
    }
  }
  const sees = (from: string, to: string): boolean =>
    [...(below.get(from) ?? [])].some((lower) => lower === to || sees(lower, to));
  return (from, to) => {
    const [outerFrom, outerTo] = [from.split('/')[0]!, to.split('/')[0]!];
    return outerFrom === outerTo ? sees(from, to) : sees(outerFrom, outerTo);
  };
}

/** Pairs of rooms that see each other, whatever the layering says. */
export function mutualArrows(arrows: readonly Arrow[]): string[] {
  const names = new Set(arrows.map(({ from, to }) => `${from} -> ${to}`));
  return arrows
    .filter(({ from, to }) => from < to && names.has(`${to} -> ${from}`))
    .map(({ from, to }) => `${from} and ${to} see each other`);
}

/** Sets of files (or rooms) that see each other in a circle: the strongly connected components of more than one (Tarjan 1972). */
export function circlesOf(graph: Graph): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (node: string): void => {
    index.set(node, index.size);
    low.set(node, index.get(node)!);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!graph.has(next)) continue;
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!));
    }
    if (low.get(node) !== index.get(node)) return;
    const circle = stack.splice(stack.indexOf(node));
    if (circle.length > 1) circles.push(circle.sort());
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return circles;
}

/** Everything a file sees, by way of others too. */
export function reach(graph: Graph, file: string): Set<string> {
  const found = new Set<string>();
  const open = [file];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const seen of graph.get(next) ?? []) {
      if (found.has(seen)) continue;
      found.add(seen);
      open.push(seen);
    }
  }
  return found;
}

/** The files that see Eigen, by way of others too, and may not. */
export function seesEigen(graph: Graph, allowed: (file: string) => boolean): string[] {
  return [...graph.keys()].filter(
    (file) => !allowed(file) && [...reach(graph, file)].some((seen) => seen.startsWith('<Eigen/')),
  );
}

/** The house in four numbers: rooms of the ground plan (a folder in the root with all in it, or a file there), arrows between them, those upward, and circles of files. */
export function countRooms(
  graph: Graph,
  layering: Layering,
  without: readonly string[] = [],
): { rooms: number; arrows: number; upward: number; circles: number } {
  const outer = (file: string): string => file.split('/')[0]!;
  const rooms = new Set([...graph.keys()].filter((file) => !without.includes(file)).map(outer));
  const arrows = arrowsOf(graph, outer, without);
  return {
    rooms: rooms.size,
    arrows: arrows.length,
    upward: forbiddenArrows(arrows, layering).length,
    circles: circlesOf(graph).length,
  };
}
