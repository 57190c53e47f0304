// The namespaces that a C++ file opens.

import { withoutTexts } from './include-graph.js';

/** The full names of the namespaces that a source opens, each once; those without a name are left out. */
export function namespacesOf(source: string): string[] {
  const opened = new Set<string>();
  const braces: string[][] = [];
  for (const [token, names] of withoutTexts(source).matchAll(
    /\bnamespace\b\s*((?:inline\b|[\w:\s])*)\{|[{}]/g,
  )) {
    if (token === '}') {
      if (braces.pop() === undefined) throw new Error('a brace is closed that was not opened');
      continue;
    }
    const own = (names ?? '').split(/::|\s+/).filter((name) => name !== '' && name !== 'inline');
    const path = [...(braces.at(-1) ?? []), ...own];
    if (own.length > 0) opened.add(path.join('::'));
    braces.push(path);
  }
  if (braces.length > 0) throw new Error('a brace is not closed');
  return [...opened];
}

/**
 * What is wrong with the namespaces of a file of the core: its folder's is `madloop::` and the folder's name, `madloop` itself for
 * base. It may open others inside, but none that is another folder's.
 */
export function wrongNamespaces(file: string, source: string, folders: readonly string[]): string[] {
  const folder = file.split('/')[0]!;
  const own = folder === 'base' ? 'madloop' : `madloop::${folder}`;
  const others = folders.filter((other) => other !== folder).map((other) => `madloop::${other}`);
  const inside = (name: string, outer: string) => name === outer || name.startsWith(`${outer}::`);
  const found = namespacesOf(source);
  const strange = found.filter((name) => !inside(name, own) || others.some((other) => inside(name, other)));
  return [
    ...(found.length === strange.length ? [`${file} does not open ${own}`] : []),
    ...strange.map((name) => `${file} opens ${name}`),
  ];
}
