// TypeScript programs that use the package, in texts.

import { join } from 'node:path';
import ts from 'typescript';

/**
 * Compiles programs as files of the package's root, where 'madloop' is found, by these rules: those of `strict` are what users
 * have. Returns JavaScript and errors, each with the name of its program.
 */
export function compilePrograms(
  root: string,
  programs: readonly { readonly name: string; readonly text: string }[],
  rules: ts.CompilerOptions = { strict: true },
): { readonly compiled: ReadonlyMap<string, string>; readonly errors: readonly string[] } {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts'],
    module: ts.ModuleKind.NodeNext,
    types: ['node'],
    ...rules,
    noEmit: false,
    rootDir: root,
    outDir: join(root, 'programs'),
  };
  const paths = new Map(programs.map((program, i) => [join(root, `program-${i}.mts`), program]));
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => paths.has(path) || fileExists(path);
  host.readFile = (path) => paths.get(path)?.text ?? readFile(path);
  host.getSourceFile = (path, ...rest) => {
    const program = paths.get(path);
    return program === undefined
      ? getSourceFile(path, ...rest)
      : ts.createSourceFile(path, program.text, ts.ScriptTarget.ES2023);
  };
  const compiled = new Map<string, string>();
  host.writeFile = (_, text, __, ___, sources) => {
    const program = paths.get(sources?.[0]?.fileName ?? '');
    if (program !== undefined) compiled.set(program.name, text);
  };
  const program = ts.createProgram([...paths.keys()], options, host);
  const found = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
  const errors = found.map(({ file, messageText }) => {
    const name = paths.get(file?.fileName ?? '')?.name ?? file?.fileName;
    return `${name}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
  return { compiled, errors };
}
