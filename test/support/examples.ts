// The @example blocks of doc comments as programs.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

export interface Example {
  /** "loops/autophagous-loop.ts autophagousLoop": the file and what the comment documents. */
  readonly name: string;
  readonly code: string;
}

/** The examples of a source. What a comment documents is the first name declared below it. */
export function examplesOf(file: string, source: string): Example[] {
  const declaration = /\b(?:function|class|interface|type|const)\s+(\w+)/g;
  return [...source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*?)\*\//g)].flatMap(({ 0: comment, 1: text, index }) => {
    declaration.lastIndex = index + comment.length;
    const documented = declaration.exec(source)?.[1];
    const lines = text!.split('\n').map((line) => line.replace(/^\s*\* ?/, ''));
    return [...`${lines.join('\n')}\n`.matchAll(/^@example\b(.*\n(?:(?!@\w).*\n)*)/gm)].map(([, code]) => ({
      name: `${file} ${documented}`,
      code: code!.trim(),
    }));
  });
}

/** Those of every source below a folder. */
export function examplesBelow(root: string): Example[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .flatMap((path) => examplesOf(relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8')));
}

/**
 * An example as a module: the package's names that it uses are imported, and of what the reader is taken to have (`given`, a
 * definition by name) what it does not define itself stands above it.
 */
export function programOf(
  code: string,
  exported: ReadonlySet<string>,
  given: Readonly<Record<string, string>>,
): string {
  const uses = (text: string, name: string) =>
    new RegExp(`(?<![\\w$']|(?<!\\.\\.)\\.)${name}\\b(?!['-])(?!\\??:(?!:))`).test(text);
  const defined = (name: string) =>
    new RegExp(`\\b(?:const|let|function)\\s+(?:\\{[^}]*\\b)?${name}\\b`).test(code);
  const above: string[] = [];
  const seen = new Set<string>();
  const add = (text: string): void => {
    for (const [name, definition] of Object.entries(given)) {
      if (seen.has(name) || defined(name) || !uses(text, name)) continue;
      seen.add(name);
      add(definition);
      above.push(definition);
    }
  };
  add(code);
  const text = [...above, code].join('\n');
  const imported = [...exported].filter((name) => uses(text, name) && !defined(name));
  return `import { ${imported.join(', ')} } from 'madloop';\n${text}\nexport {};\n`;
}
