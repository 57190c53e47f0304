// Graphs of files: which file sees which. They are plain data, so that tests can also build houses that are wrong.

import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** What each file sees: paths relative to the root of the graph ("engine/job.ts"), with '/' on every system. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/**
 * Every file below `root`, in order. What the graph could not read it must not pass over: a file whose name `known` does not
 * match is added to `problems`, and so is what is neither a file nor a folder (a link leads out of the house).
 */
export function filesBelow(root: string, known: RegExp, problems: string[]): string[] {
  const files: string[] = [];
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const file = relative(root, join(entry.parentPath, entry.name)).split(sep).join('/');
    files.push(file);
    if (!entry.isFile()) problems.push(`${file} is neither a file nor a folder`);
    else if (!known.test(file)) problems.push(`${file} has an ending that is not read for what it sees`);
  }
  return files.sort();
}

/** Throws what was found wrong while a graph was read, all of it. */
export function throwProblems(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** The graph of the files under `folder` ("core/"), by their paths in it; what they see elsewhere keeps its name. */
export function within(graph: Graph, folder: string): Graph {
  const inside = (file: string) => file.startsWith(folder) && graph.has(file);
  const short = (file: string) => (inside(file) ? file.slice(folder.length) : file);
  return new Map(
    [...graph].filter(([file]) => inside(file)).map(([file, seen]) => [short(file), seen.map(short)]),
  );
}

/** Sets of files (or rooms) that see each other in a circle: the strongly connected components with an arrow inside (Tarjan 1972). */
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
    if (circle.length > 1 || graph.get(node)!.includes(node)) circles.push(circle.sort());
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
