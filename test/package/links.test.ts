// Every relative link of a page leads somewhere, and every path that a page or a comment names is there.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { anchorsOf, commentsOf, linksOf, pathsIn } from '../support/links.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Files of the repository, by paths relative to its root. */
function filesNamed(names: RegExp, folders: readonly string[]): string[] {
  const inFolder = (folder: string, recursive: boolean) =>
    readdirSync(join(root, folder), { recursive, withFileTypes: true })
      .filter((entry) => entry.isFile() && names.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
  return [...inFolder('.', false), ...folders.flatMap((folder) => inFolder(folder, true))].filter(
    (file) => !/^native\/vendor\/|(^|\/)(node_modules|results)\//.test(file),
  );
}

const folders = ['.ci', 'bench', 'docs', 'examples', 'native', 'scripts', 'src', 'test'];
const pages = filesNamed(/\.md$/, folders);

/** What is wrong with a link on a page of this folder; undefined where it leads somewhere. */
function wrongLink(page: string, link: string, text: string): string | undefined {
  const [path, anchor] = link.split('#') as [string, string?];
  const target = path === '' ? page : join(dirname(page), decodeURIComponent(path));
  if (!existsSync(join(root, target))) return `${page}: ${link} leads to no file`;
  if (target.startsWith('..')) return `${page}: ${link} leads out of the repository`;
  if (anchor === undefined) return undefined;
  if (!statSync(join(root, target)).isFile() || !target.endsWith('.md'))
    return `${page}: ${link} has an anchor of no page`;
  const anchors = anchorsOf(path === '' ? text : read(target));
  return anchors.has(decodeURIComponent(anchor)) ? undefined : `${page}: ${link} names no heading there`;
}

const wrongLinks = (page: string, text: string) =>
  linksOf(text).flatMap((link) => wrongLink(page, link, text) ?? []);

it('every relative link leads to a file and, where it names one, to a heading', () => {
  expect(pages).toEqual(
    expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'bench/README.md', 'docs/cli.md']),
  );
  expect(pages.flatMap((page) => linksOf(read(page))).length).toBeGreaterThan(40);
  expect(pages.flatMap((page) => wrongLinks(page, read(page)))).toEqual([]);
});

/** Paths are named from the root, from src, native or its core, or from the file's own folder. */
function isThere(file: string, path: string): boolean {
  const places = ['.', 'src', 'native', 'native/core', dirname(file)];
  return places.some((place) => existsSync(join(root, place, path)));
}

const missing = (file: string, texts: readonly string[]) =>
  texts
    .flatMap(pathsIn)
    // In recipes x is what the reader calls it.
    .filter((path) => !isThere(file, path) && !/\/x\.\w+$/.test(path))
    .map((path) => `${file} names ${path}`);

it('every path of a source that a page names is there', () => {
  const named = pages.flatMap((page) => pathsIn(read(page)));
  expect(named.length).toBeGreaterThan(60);
  // What was there in earlier versions is named in CHANGELOG.md.
  expect(
    pages.filter((page) => page !== 'CHANGELOG.md').flatMap((page) => missing(page, [read(page)])),
  ).toEqual([]);
});

it('every path of a source that a comment names is there', () => {
  // The sources of two tests hold the comments of made-up files.
  const madeUp = ['test/package/links.test.ts', 'test/package/rooms.test.ts'];
  const sources = filesNamed(/\.(ts|mjs|js|cpp|cc|c|hpp|def|py|gyp|gypi|txt|yml)$|^run$/, folders).filter(
    (file) => !madeUp.includes(file),
  );
  const script = /\.(py|gyp|gypi|txt|yml)$|(^|\/)run$/;
  const comments = (file: string) => commentsOf(read(file), script.test(file));
  expect(sources.flatMap(comments).flatMap(pathsIn).length).toBeGreaterThan(30);
  expect(sources.flatMap((file) => missing(file, comments(file)))).toEqual([]);
});

describe('what leads nowhere is found', () => {
  it.each([
    ['[a page](docs/gone.md)', 'docs/gone.md leads to no file'],
    ['![a picture](docs/images/gone.png "with a title")', 'docs/images/gone.png leads to no file'],
    ['words [over two\nlines](docs/gone.md).', 'docs/gone.md leads to no file'],
    ['[a page][1]\n\n[1]: docs/gone.md', 'docs/gone.md leads to no file'],
    ['<img alt="a picture" src="docs/gone.png">', 'docs/gone.png leads to no file'],
    ['[outside](../)', '../ leads out of the repository'],
    ['[a heading](docs/cli.md#gone)', 'docs/cli.md#gone names no heading there'],
    ['# Here\n[a heading](#there)', '#there names no heading there'],
    ['# Here\n```sh\n# there\n```\n[a heading](#there)', '#there names no heading there'],
    ['[a line](src/index.ts#L1)', 'src/index.ts#L1 has an anchor of no page'],
  ])('%j', (text, message) => {
    expect(wrongLinks('README.md', text)).toEqual([`README.md: ${message}`]);
  });

  it('and nothing else', () => {
    const text = [
      '# What n_e is: *two* `words`, and λ',
      '## Again\n## Again\n<a id="own"></a>',
      '[1](#what-n_e-is-two-words-and-λ) [2](#again-1) [3](#own) [4](docs/cli.md) [5](docs) [6](https://example.org/gone.md)',
      '`[7](gone.md)`\n```md\n[8](gone.md)\n```',
    ].join('\n');
    expect(wrongLinks('README.md', text)).toEqual([]);
    expect(linksOf(text)).toHaveLength(5);
  });

  it('paths, in pages and in comments', () => {
    expect(missing('docs/loops.md', ['see `src/loops/gone.ts`, base/check.ts, ../README.md'])).toEqual([
      'docs/loops.md names src/loops/gone.ts',
    ]);
    const source =
      "const a = 'b/c.ts'; // as b/gone.ts does\n/** Or ../gone.cpp, ./check.ts or metrics/x.ts. */";
    expect(missing('src/base/check.ts', commentsOf(source, false))).toEqual([
      'src/base/check.ts names b/gone.ts',
      'src/base/check.ts names ../gone.cpp',
    ]);
    expect(missing('bench/peers/peer.py', commentsOf('x = 1  # as b/gone.py', true))).toHaveLength(1);
    expect(pathsIn('https://example.org/a/b.md @scope/name/index.ts <file>/x.ts src/*/x.ts')).toEqual([]);
  });
});
