/**
 * Who may import whom. A room is a folder of src/, or a file beside the folders; the table is the
 * design. What only a type is taken of counts as well, unless it is said otherwise.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const SOURCE = fileURLToPath(new URL('../src', import.meta.url));

/** The rooms that each room imports, beside its own files. */
const allowed: Record<string, readonly string[]> = {
  errors: [],
  io: ['errors'],
  store: ['errors'],
  keyvalue: ['io', 'store', 'errors'],
  formats: [],
  terminal: ['io', 'errors'],
  command: ['context', 'errors'],
  context: ['host', 'keyvalue', 'terminal', 'errors'],
  line: ['command', 'context', 'terminal', 'errors'],
  answers: ['context', 'terminal', 'errors'],
  batches: ['answers', 'context', 'formats', 'line', 'terminal', 'errors'],
  scripts: ['answers', 'context', 'formats', 'line', 'terminal', 'errors'],
  commands: [
    'command',
    'context',
    'answers',
    'batches',
    'scripts',
    'formats',
    'line',
    'terminal',
    'errors',
  ],
  cli: ['line', 'command', 'context', 'terminal', 'errors'],
  repl: ['line', 'command', 'context', 'terminal', 'errors'],
  component: ['errors'],
  host: ['component', 'io', 'keyvalue', 'errors'],
  library: ['keyvalue', 'store', 'errors'],
  main: ['app'],
  start: ['line', 'store', 'terminal', 'errors'],
};

/** These import types alone. */
const typesOnly = ['command', 'context'];

/** The wiring, which may import everything. */
const WIRING = 'app';

/** Packages that live in one place. */
const homes: Record<string, string> = {
  lmdb: 'store/lmdb/',
  '@redis/client': 'store/redis/',
  commander: 'line/',
  chalk: 'terminal/',
  'cli-progress': 'terminal/',
  'cli-table3': 'terminal/',
  '@inquirer/prompts': 'terminal/',
};

interface Import {
  /** Relative to src/, without an ending; a package's name is left as it is. */
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
}

describe('the rooms of src', () => {
  const files = sourceFiles();

  test('are those of the table', () => {
    const rooms = new Set(files.map(roomOf));
    expect([...rooms].sort()).toEqual([...Object.keys(allowed), WIRING].sort());
    expect(files.length).toBeGreaterThan(40);
  });

  test('import whom they may', () => {
    const imports = files.flatMap((file) =>
      importsOf(file, readFileSync(join(SOURCE, file), 'utf8')),
    );
    expect(imports.length).toBeGreaterThan(100);
    expect(imports.flatMap(violations)).toEqual([]);
  });

  test('import each whom the table names', () => {
    const made = new Set(
      files.flatMap((file) => importedFiles(file).map((to) => `${roomOf(file)} > ${roomOf(to)}`)),
    );
    const named = Object.entries(allowed).flatMap(([room, others]) =>
      others.map((other) => `${room} > ${other}`),
    );
    expect(named.filter((arrow) => !made.has(arrow))).toEqual([]);
  });
});

test('no imports go round in a circle, of values or of types', () => {
  expect(circles(sourceFiles())).toEqual([]);
});

test('the check of circles finds one, however long', () => {
  const importing = (file: string) =>
    ({ 'a.ts': ['b.ts'], 'b.ts': ['c.ts', 'd.ts'], 'c.ts': ['a.ts'], 'd.ts': [] })[file]!;
  expect(circles(['a.ts', 'b.ts', 'c.ts', 'd.ts'], importing)).toEqual(['a.ts, b.ts, c.ts']);
});

describe('the check of imports', () => {
  const check = (file: string, text: string) => importsOf(file, text).flatMap(violations);

  test.each([
    ['io/poll.ts', "import { Store } from '../store/store.js';"],
    ['io/poll.ts', "import type { Store } from '../store/store.js';"],
    ['errors.ts', "export { x } from './io/poll.js';"],
    ['keyvalue/get.ts', "import { openStore } from '../store/lmdb/open-store.js';"],
    ['keyvalue/get.ts', "import { MemoryStore } from '../store/memory/memory-store.js';"],
    ['keyvalue/get.ts', "import { openStore } from '../store/open.js';"],
    ['formats/csv.ts', "import { signals } from '../signals.js';"],
    ['keyvalue/get.ts', "const commands = await import('../commands/index.js');"],
    ['keyvalue/get.ts', "import { open } from 'lmdb';"],
    ['store/store.ts', "import { open } from 'lmdb';"],
    ['store/lmdb/environment.ts', "import chalk from 'chalk';"],
    ['formats/csv.ts', "import { Command } from 'commander/esm.mjs';"],
    ['terminal/table.ts', "import { registry } from '../commands/index.js';"],
    ['commands/get.ts', "import { createKeyvalue } from '../keyvalue/index.js';"],
    ['commands/get.ts', "import type { Bucket } from '../keyvalue/bucket.js';"],
    ['commands/get.ts', "import { main } from '../main.js';"],
    ['cli/program.ts', "import type { Registry } from '../commands/index.js';"],
    ['commands/repl.ts', "const prompt = () => import('../repl/prompt.js');"],
    ['repl/words.ts', "const get = () => import('../commands/get.js');"],
    ['command.ts', "import { KvError } from './errors.js';"],
    ['context.ts', "import { createKeyvalue } from './keyvalue/index.js';"],
    ['host/run.ts', "import { openStore } from '../store/lmdb/open-store.js';"],
    ['host/run.ts', "type A = import('../terminal/terminal.js').Terminal;"],
    ['main.ts', "import { registry } from './commands/index.js';"],
    ['command.ts', "import type { Store } from './store/store.js';"],
    ['line/words.ts', "import { main } from '../app/program.js';"],
    ['io/poll.ts', "const other = require('../store/store.js');"],
    ['io/poll.ts', "import type { Other } from '../../test/support/other.js';"],
  ])('finds what is wrong: %s with %s', (file, text) => {
    expect(check(file, text)).toHaveLength(1);
  });

  test.each([
    ['io/poll.ts', "import { KvError } from '../errors.js';"],
    ['io/poll.ts', "import { readSync } from 'node:fs';"],
    ['keyvalue/get.ts', "import type { Store } from '../store/store.js';"],
    ['keyvalue/get.ts', "import { LIMIT, type Store } from '../store/store.js';"],
    ['context.ts', "export { type Keyvalue } from './keyvalue/index.js';"],
    ['keyvalue/get.ts', "import type * as wit from '../../wit/types/imports.js';"],
    ['store/lmdb/environment.ts', "import { open } from 'lmdb';"],
    ['store/lmdb/environment.ts', "import type { Upload } from '../store.js';"],
    ['commands/get.ts', "import type { Context } from '../context.js';"],
    ['context.ts', "import type { Keyvalue } from './keyvalue/index.js';"],
    ['app/program.ts', "import { registry } from '../commands/index.js';"],
    ['io/poll.ts', "// import { Store } from '../store/store.js';"],
    ['io/poll.ts', 'const text = "import \'../store/store.js\'";'],
  ])('finds nothing wrong: %s with %s', (file, text) => {
    expect(check(file, text)).toEqual([]);
  });
});

/** The files of each circle; those that can be reached from one another. */
function circles(files: readonly string[], importing = importedFiles): string[] {
  const reached = new Map(files.map((file) => [file, reachedFrom(file, importing)]));
  const round = files.map((file) =>
    [...reached.get(file)!].filter((other) => reached.get(other)?.has(file)).sort(),
  );
  return [...new Set(round.filter((some) => some.length > 0).map((some) => some.join(', ')))];
}

function reachedFrom(start: string, importing: (file: string) => readonly string[]): Set<string> {
  const reached = new Set<string>();
  const waiting = [...importing(start)];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    waiting.push(...importing(file));
  }
  return reached;
}

/** The files of src/ that a file of it imports; read once. */
function importedFiles(file: string): readonly string[] {
  const known = imported.get(file);
  if (known) return known;
  const all = importsOf(file, readFileSync(join(SOURCE, file), 'utf8'));
  const own = all.filter(({ to }) => to.startsWith('src/') && !to.endsWith('.json'));
  const files = own.map(({ to }) => `${to.slice('src/'.length)}.ts`);
  imported.set(file, files);
  return files;
}

const imported = new Map<string, readonly string[]>();

/** What is wrong with an import, if anything. */
function violations({ from, to, isType }: Import): string[] {
  const said = `${from} imports ${isType ? 'types of ' : ''}${to}`;
  const home = Object.entries(homes).find(
    ([name]) => to === name || to.startsWith(`${name}/`),
  )?.[1];
  if (home) return from.startsWith(home) ? [] : [`${said}, which is for ${home}`];
  if (!to.startsWith('src/')) return [];
  const target = to.slice('src/'.length);
  const [room, other] = [roomOf(from), roomOf(target)];
  if (room === WIRING || room === other) return [];
  if (!allowed[room]?.includes(other)) return [said];
  if (typesOnly.includes(room) && !isType) return [`${said}, and not its types alone`];
  const isPort = /^store\/(?!open$)[^/]+$/.test(target);
  const isBesidePort = room === 'keyvalue' && other === 'store' && !isPort;
  return isBesidePort ? [`${said}, and not the port`] : [];
}

/** All the imports of a file, also of types alone, and those that wait until they are needed. */
function importsOf(file: string, text: string): Import[] {
  const imports: Import[] = [];
  const enter = (specifier: ts.Node | undefined, isType: boolean) => {
    if (!specifier || !ts.isStringLiteralLike(specifier)) return;
    imports.push({ from: file, to: targetOf(file, specifier.text), isType });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) enter(node.moduleSpecifier, isTypeImport(node.importClause));
    else if (ts.isExportDeclaration(node)) enter(node.moduleSpecifier, isTypeExport(node));
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      enter(node.argument.literal, true);
    } else if (ts.isCallExpression(node)) {
      const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
      const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require';
      if (isImport || isRequire) enter(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ESNext));
  return imports;
}

function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const { name, namedBindings } = clause;
  if (name || !namedBindings || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.every(({ isTypeOnly }) => isTypeOnly);
}

function isTypeExport({ isTypeOnly, exportClause }: ts.ExportDeclaration): boolean {
  if (isTypeOnly) return true;
  if (!exportClause || !ts.isNamedExports(exportClause)) return false;
  return exportClause.elements.every((element) => element.isTypeOnly);
}

/** `src/` and the file, or the package; the types of `wit/` are everybody's. */
function targetOf(file: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  const target = posix.join('src', posix.dirname(file), specifier).replace(/\.[cm]?[jt]s$/, '');
  if (target.startsWith('src/') || target.startsWith('wit/types/')) return target;
  return `src/outside/${target}`;
}

function roomOf(file: string): string {
  return file.replace(/\.[cm]?[jt]sx?$/, '').split('/')[0]!;
}

function sourceFiles(): string[] {
  return readdirSync(SOURCE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name))
    .map((entry) => relative(SOURCE, join(entry.parentPath, entry.name)).split(sep).join('/'));
}
