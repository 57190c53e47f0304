// Which TypeScript file sees which, read from the syntax of each.

import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';
import { filesBelow, type Graph, throwProblems } from './graph.js';

/** When what a name names is loaded: never, since it gives types alone; with the file that names it; or by a later call. */
type Moment = 'never' | 'at once' | 'later';

interface Name {
  readonly text: string;
  readonly moment: Moment;
  /** Whether it must name a file; a text that only looks like a path need not. */
  readonly must: boolean;
}

/** The one file that imports by a name it is given, which is a package's. */
const importsByName = ['base/optional-package.ts'];
/** The addon is required, and so is what charts are drawn with, which is loaded in a synchronous call. */
const requires = ['base/package-files.ts'];

/**
 * What every TypeScript file below `root` sees, for types, at run time, and by paths in texts (of a worker, of `require`); packages
 * and Node's own modules are left out. Throws where it cannot tell: a file of another kind, a relative name without a file, an
 * import of a name that is computed or of this package itself, `require` and a `///` directive.
 */
export function importGraph(root: string): Graph {
  return importsOf(root, () => true);
}

/** What importing a file loads: neither what is named for its types alone nor what a later call imports. */
export function loadGraph(root: string): Graph {
  return importsOf(root, (moment) => moment === 'at once');
}

function importsOf(root: string, counts: (moment: Moment) => boolean): Graph {
  const problems: string[] = [];
  const files = filesBelow(root, /(?<!\.d)\.ts$/, problems);
  const known = new Set(files);
  const graph = new Map<string, readonly string[]>();
  for (const file of files) {
    const wrong = (what: string) => problems.push(`${file} ${what}`);
    const seen = new Set<string>();
    for (const { text, moment, must } of namesIn(file, readFileSync(join(root, file), 'utf8'), wrong)) {
      const path = posix.normalize(posix.join(posix.dirname(file), text)).replace(/\.js$/, '.ts');
      if (known.has(path)) {
        if (counts(moment)) seen.add(path);
      } else if (must) wrong(`imports ${text}, which is no file here`);
    }
    graph.set(file, [...seen]);
  }
  throwProblems(problems);
  return graph;
}

/** The relative names in a file. */
function namesIn(file: string, source: string, wrong: (what: string) => void): Name[] {
  const names: Name[] = [];
  const specifiers = new Set<ts.Node>();

  const specifier = (node: ts.Node | undefined, moment: Moment): void => {
    if (node === undefined) return;
    specifiers.add(node);
    if (!ts.isStringLiteralLike(node)) {
      if (!importsByName.includes(file)) wrong(`imports a name that is computed: ${node.getText()}`);
    } else if (/^\.{1,2}(\/|$)/.test(node.text)) {
      names.push({ text: node.text, moment, must: true });
    } else if (/^(madloop(\/|$)|[#/\\]|(file|data):)/.test(node.text)) {
      wrong(`imports ${node.text}: what is below this root is named by a relative path`);
    }
  };
  const whenLoaded = (typesAlone: boolean | undefined): Moment => (typesAlone ? 'never' : 'at once');

  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      specifier(node.moduleSpecifier, whenLoaded(node.importClause?.isTypeOnly));
    } else if (ts.isExportDeclaration(node)) {
      specifier(node.moduleSpecifier, whenLoaded(node.isTypeOnly));
    } else if (ts.isExternalModuleReference(node)) {
      specifier(node.expression, whenLoaded((node.parent as ts.ImportEqualsDeclaration).isTypeOnly));
    } else if (ts.isImportTypeNode(node)) {
      specifier(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument, 'never');
    } else if (ts.isModuleDeclaration(node) && ts.isStringLiteral(node.name)) {
      specifier(node.name, 'never');
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      specifier(node.arguments[0], 'later');
    } else if (ts.isIdentifier(node) && /^(require|createRequire)$/.test(node.text)) {
      if (!requires.includes(file)) wrong(`names ${node.text}: only ${requires.join(' and ')} loads by it`);
    } else if (ts.isStringLiteralLike(node) && /^\.{1,2}\//.test(node.text) && !specifiers.has(node)) {
      names.push({ text: node.text, moment: 'at once', must: false });
    }
    ts.forEachChild(node, visit);
  };

  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ESNext, true);
  // That of a library of the language, lib="...", is no file of ours and no package.
  for (const { fileName } of [...tree.referencedFiles, ...tree.typeReferenceDirectives]) {
    wrong(`has a /// reference to ${fileName}`);
  }
  visit(tree);
  return names;
}
