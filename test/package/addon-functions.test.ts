// One list of what the addon exports: native/binding/functions.def, from which it is declared and registered.
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { native } from '../../src/engine/native.js';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const listed = [
  ...read('native/binding/functions.def').matchAll(/^MADLOOP_(FUNCTION|CLASS)\((\w+), (\w+\.cc)\)$/gm),
].map(([, kind, name, file]) => ({ kind: kind!, name: name!, file: file! }));
const names = listed.map(({ name }) => name).sort();

/** The names of the members of an interface in a source file. */
function membersOf(path: string, name: string): string[] {
  const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest);
  const found = source.statements.find(
    (statement) => ts.isInterfaceDeclaration(statement) && statement.name.text === name,
  );
  return (found as ts.InterfaceDeclaration).members.map((member) => member.name!.getText(source));
}

test('everything in the list is in its file', () => {
  expect(listed.length).toBeGreaterThan(20);
  for (const { kind, name, file } of listed) {
    const definition =
      kind === 'CLASS'
        ? `Napi::Function ${name}::define(Napi::Env env)`
        : `Napi::Value ${name}(Napi::CallbackInfo const& info)`;
    expect(read(`native/binding/${file}`)).toContain(definition);
  }
});

test('the TypeScript interface has exactly the names of the list', () => {
  expect(membersOf('src/engine/native-types.ts', 'NativeAddon').sort()).toEqual(names);
});

test('the addon has exactly the names of the list', () => {
  expect(Object.keys(native()).sort()).toEqual(names);
});
