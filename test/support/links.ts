// Links of Markdown pages, and paths that texts name.

/** A page without its blocks and spans of code, where a link is an example. */
function withoutCode(page: string): string {
  return page.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/(`+)[^`][\s\S]*?\1/g, '');
}

/** What a page links to, other sites left out: "docs/loops.md#memory", "#words", "images/figure.png". */
export function linksOf(page: string): string[] {
  const text = withoutCode(page);
  const found = [
    ...text.matchAll(/\]\(\s*<?([^\s)>]+)>?[^)]*\)/g), // [words](target "title"), ![words](target)
    ...text.matchAll(/^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)/gm), // [words]: target
    ...text.matchAll(/<\w+[^>]*?\b(?:href|src)="([^"]*)"/g),
  ];
  return found.map(([, target]) => target!).filter((target) => !/^([a-z][a-z+.-]*:|\/\/)/i.test(target));
}

/** The anchors of a page: those of its headings, as GitHub makes them, and those of its own. */
export function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>();
  const blocks = page.replace(/^(```|~~~)[\s\S]*?^\1/gm, '');
  for (const [, heading] of blocks.matchAll(/^#{1,6}\s+(.*?)\s*#*$/gm)) {
    const words = heading!.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = words.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '').replaceAll(' ', '-');
    let unique = anchor;
    for (let i = 1; anchors.has(unique); i += 1) unique = `${anchor}-${i}`;
    anchors.add(unique);
  }
  for (const [, name] of blocks.matchAll(/<\w+[^>]*?\b(?:id|name)="([^"]*)"/g)) anchors.add(name!);
  return anchors;
}

/** The paths of sources and pages, with a folder in them, that stand in a text: "src/base/check.ts", "../README.md". */
export function pathsIn(text: string): string[] {
  return [
    ...text.matchAll(/(?<![\w./:*<>{}@-])(?:[\w.-]+\/)+[\w.-]+\.(?:ts|mjs|cpp|cc|hpp|def|py|md)\b(?![\w/*])/g),
  ].map(([path]) => path);
}

/** The comments of a source in TypeScript, JavaScript, C or C++, and those of a script. */
export function commentsOf(source: string, script: boolean): string[] {
  const comments = script ? /(?:^|\s)#.*$/gm : /\/\*[\s\S]*?\*\/|(?:^|\s)\/\/.*$/gm;
  return source.match(comments) ?? [];
}
