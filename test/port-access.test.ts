/**
 * Who may touch the port. The imports of a file do not say all: what it imports may lead it to a
 * store. So here the compiler is asked for the type of everything that is named in a file.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const SOURCE = fileURLToPath(new URL('../src/', import.meta.url));

/** The store itself, its callers, and the wiring. */
const mayTouch = ['store', 'keyvalue', 'app', 'library.ts'];

/** What of `store/store.ts` leads to records. What tells of a store, and records themselves, do not. */
const port = ['Store', 'StoreBucket', 'Upload'];

/** Files that are not there, and what must be found in each. */
const examples: readonly (readonly [text: string, found: string])[] = [
  ['late.store.bucket("b");', 'store'],
  ['const { store } = late;', 'store'],
  ['const close = () => late.made?.close();', 'made'],
  ['const opened = late.made!.createBucket("b").name;', 'made'],
];

const exampleFile = (index: number) => `commands/example-${index}.ts`;

/** What the files touch of the port: `commands/get.ts:5: store`. */
function touched(files: readonly string[]): string[] {
  const texts = new Map(
    examples.map(([text], index) => [
      join(SOURCE, exampleFile(index)),
      `import { LateStore } from '../app/late-store.js';\ndeclare const late: LateStore;\n${text}\n`,
    ]),
  );
  const config = ts.readConfigFile(join(SOURCE, '../tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, join(SOURCE, '..'));
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (file) => texts.get(file) ?? readFile(file);
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  const all = [...files, ...examples.map((_, index) => exampleFile(index))];
  const program = ts.createProgram(
    all.map((file) => join(SOURCE, file)),
    options,
    host,
  );
  const checker = program.getTypeChecker();
  const found = new Set<string>();
  for (const file of all) {
    const source = program.getSourceFile(join(SOURCE, file))!;
    const visit = (node: ts.Node): void => {
      const isAccess = ts.isPropertyAccessExpression(node) || ts.isBindingElement(node);
      if (isAccess && ts.isIdentifier(node.name) && isOfPort(checker.getTypeAtLocation(node))) {
        const { line } = source.getLineAndCharacterOfPosition(node.name.pos);
        found.add(`${file}:${line + 1}: ${node.name.text}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return [...found];
}

function isOfPort(type: ts.Type): boolean {
  if (type.isUnionOrIntersection()) return type.types.some(isOfPort);
  const declarations = (type.aliasSymbol ?? type.getSymbol())?.declarations ?? [];
  return declarations.some((declaration) => {
    const { fileName } = declaration.getSourceFile();
    const file = fileName.slice(SOURCE.length);
    if (!fileName.startsWith(SOURCE) || !file.startsWith('store/')) return false;
    const isEngine = /^store\/(lmdb|memory|redis)\//.test(file);
    if (!ts.isInterfaceDeclaration(declaration))
      return isEngine && ts.isClassDeclaration(declaration);
    return port.includes(declaration.name.text);
  });
}

/** How long TypeScript may take to read all of the source, on a machine that is busy. */
const CHECKER_MILLISECONDS = 300_000;

test(
  'the port is touched by keyvalue and the wiring alone',
  () => {
    const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => !mayTouch.includes(file.split('/')[0]!));
    expect(files.length).toBeGreaterThan(100);
    const found = touched(files);
    for (const [index, [, name]] of examples.entries()) {
      expect(found).toContain(`${exampleFile(index)}:3: ${name}`);
    }
    expect(found.filter((place) => !place.startsWith('commands/example-'))).toEqual([]);
  },
  CHECKER_MILLISECONDS,
);
