// The rooms of the house, and what the layering forbids.

import { dirname } from 'node:path/posix';
import { circlesOf, type Graph, reach } from './graph.js';

/** A chain of floors per line; a room sees the rooms on the floors before it on a line, and what those see. */
export type Layering = readonly string[];

export const sourceLayering: Layering = [
  'base <- engine, files, images <- distributions, metrics <- features, gaussian-loop <- models <- references <- loops <- verdict',
  'features, gaussian-loop <- limits',
  'limits, verdict <- advice <- studies <- charts <- report <- cli',
  'engine, images, features <- extraction <- cli',
  'models <- models/process-model',
  'studies/definition <- studies/store <- studies/store-process <- studies/run <- studies',
  'cli/terminal <- cli/loop, cli/evaluate, cli/advice <- cli/figures <- cli/commands <- cli',
];

export const coreLayering: Layering = [
  'base <- random, inference <- linalg <- gaussian <- neighbours <- metrics <- mixture, loop <- limits',
];

/** The room a file is in: its folder. A file in the root is a room of its own. */
export function roomOf(file: string): string {
  const folder = dirname(file);
  return folder === '.' ? file : folder;
}

/** Files in the root itself, where none but `allowed` belongs. */
export function filesInRoot(graph: Graph, allowed: readonly string[]): string[] {
  return [...graph.keys()].filter((file) => !file.includes('/') && !allowed.includes(file));
}

/** Folders that the layering does not name, whether an arrow leads there or not, and names of no folder. `without` are files of none. */
export function unknownRooms(graph: Graph, layering: Layering, without: readonly string[] = []): string[] {
  const named = new Set(layering.flatMap((line) => line.split(/ <- |, /)));
  const rooms = new Set([...graph.keys()].filter((file) => !without.includes(file)).map(roomOf));
  return [...[...rooms].filter((room) => !named.has(room)), ...[...named].filter((room) => !rooms.has(room))];
}

/** An arrow from a room to another that one of its files sees, with such a file. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly because: string;
}

/** The arrows between rooms, each once. `room` says which room a file is in; what files of `without` see is left out. */
export function arrowsOf(
  graph: Graph,
  room: (file: string) => string,
  without: readonly string[] = [],
): Arrow[] {
  const arrows = new Map<string, Arrow>();
  for (const [file, seen] of graph) {
    for (const other of seen) {
      if (without.includes(file) || !graph.has(other)) continue;
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

/** The files that see Eigen, whatever names it, by way of others too, and may not. */
export function seesEigen(graph: Graph, allowed: (file: string) => boolean): string[] {
  const isEigen = (seen: string): boolean => !graph.has(seen) && /eigen/i.test(seen);
  return [...graph.keys()].filter((file) => !allowed(file) && [...reach(graph, file)].some(isEigen));
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
