// Which C or C++ file sees which, read from its includes.

import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { filesBelow, type Graph, throwProblems } from './graph.js';

/**
 * What every source below the `folders` of `root` includes: files there by their path in `root` ("core/base/sum.hpp"), however
 * the include names them, all others in angle brackets ("<vector>", "<Eigen/Core>", "<vendor/eigen/Eigen/Core>"). Throws where
 * it cannot tell: a file of another kind, an include of a macro, a name of a file that is not there.
 */
export function includeGraph(root: string, folders: readonly string[]): Graph {
  const problems: string[] = [];
  const files = folders.flatMap((folder) =>
    filesBelow(join(root, folder), /\.(cpp|cc|c|hpp|def)$/, problems).map((file) => `${folder}/${file}`),
  );
  const known = new Set(files);
  /** A name that only a file of this house could have. */
  const ours = new RegExp(`^(\\.{0,2}/|(${folders.join('|')})/)|\\.(cpp|cc|c|hpp|def)$`);
  const graph = new Map<string, readonly string[]>();
  for (const file of files) {
    const path = (name: string, quoted: boolean): string => {
      const places = name.startsWith('/') ? [] : [...(quoted ? [posix.dirname(file)] : []), '.'];
      const candidates = places.map((place) => posix.join(place, name));
      const found =
        candidates.find((candidate) => known.has(candidate)) ??
        candidates.find((candidate) => existsSync(join(root, candidate)));
      if (found !== undefined) return known.has(found) ? found : `<${found}>`;
      if (ours.test(name)) problems.push(`${file} includes ${name}, which is no file here`);
      return `<${posix.normalize(name)}>`;
    };
    const seen = new Set<string>();
    for (const line of withoutComments(readFileSync(join(root, file), 'utf8')).split('\n')) {
      const [, name] =
        /^\s*(?:(?:#|%:)\s*(?:include(?:_next)?|import)\b|(?:export\s+)?import\b)\s*(.*?)[\s;]*$/.exec(line) ??
        [];
      if (name === undefined) continue;
      const [, quoted, angled] = /^(?:"(.+)"|<(.+)>)$/.exec(name) ?? [];
      if (quoted !== undefined) seen.add(path(quoted, true));
      else if (angled !== undefined) seen.add(path(angled, false));
      else problems.push(`${file} includes ${name}, which is not a name of a file`);
    }
    graph.set(file, [...seen]);
  }
  throwProblems(problems);
  return graph;
}

/** A C++ source with continued lines joined, comments as spaces, and raw strings empty: a line of it is a directive or is not. */
export function withoutComments(source: string): string {
  return source.replace(/\\[ \t]*\r?\n/g, '').replace(tokens, (token) => {
    if (token.startsWith('/')) return ' ';
    return token.startsWith('R') ? '""' : token;
  });
}

/** A C++ source without comments and texts: its braces are those of the code. */
export function withoutTexts(source: string): string {
  return withoutComments(source).replace(tokens, (token) => (/^["']/.test(token) ? '""' : token));
}

/** Where a brace or the beginning of a comment may be none; a number, since an apostrophe parts its digits. */
const tokens =
  /R"([^()\\\s]{0,16})\([\s\S]*?\)\1"|"(?:\\.|[^"\\\n])*"|\b\d[\w'.]*|'(?:\\.|[^'\\\n])*'|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;
