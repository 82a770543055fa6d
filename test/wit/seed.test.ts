/**
 * wit/ was restored from imports.md, a rendering of the WASI keyvalue world and the contract of this
 * project. Here both are read into lines of one form and compared, so that neither a slip in the
 * restoration nor a later edit of wit/ can change the contract unseen.
 *
 * The side of wit/ is not read from its files but from the component toolchain: what it understood of
 * the world, resolved and printed again.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unpackWit } from '@bytecodealliance/jco-transpile';
import { componentEmbed } from '@bytecodealliance/jco-transpile/wasm-tools';
import { expect, test } from 'vitest';

/** What one side declares, a line each: `<interface>#<signature>`, sorted. */
interface Declarations {
  readonly world: string[];
  readonly functions: string[];
  readonly types: string[];
}

/** A type that the rendering shows as an alias of itself, and what it is. */
interface Loss {
  readonly of: string;
  readonly types: readonly string[];
  readonly is: (type: string) => string;
  readonly because: string;
}

const WIT = fileURLToPath(new URL('../../wit', import.meta.url));
const SEED = fileURLToPath(new URL('imports.md', import.meta.url));

/** Markdown where a paragraph left open above made the renderer stop short of HTML. */
const TYPE_HEADING = /<a name="\w+"><\/a>(?:<code>|`)((?:type|resource|variant) [\w-]+)/;

const IO_ERROR = 'wasi:io/error@0.2.0';
const POLL = 'wasi:io/poll@0.2.0';
const STREAMS = 'wasi:io/streams@0.2.0';
const KEYVALUE_ERROR = 'wasi:keyvalue/wasi-keyvalue-error@0.2.0-draft';
const TYPES = 'wasi:keyvalue/types@0.2.0-draft';
const EVENTUAL = 'wasi:keyvalue/eventual@0.2.0-draft';
const ATOMIC = 'wasi:keyvalue/atomic@0.2.0-draft';
const BATCH = 'wasi:keyvalue/eventual-batch@0.2.0-draft';

const LOSSES: readonly Loss[] = [
  {
    of: STREAMS,
    types: ['error'],
    is: usedFrom(IO_ERROR),
    because:
      'two resources are named error, one anchor serves both; a stream fails with that of wasi:io',
  },
  {
    of: STREAMS,
    types: ['pollable'],
    is: usedFrom(POLL),
    because: 'a used type links to its own name; only poll declares a pollable',
  },
  {
    of: TYPES,
    types: ['input-stream', 'output-stream'],
    is: usedFrom(STREAMS),
    because: 'a used type links to its own name; only streams declares them',
  },
  {
    of: TYPES,
    types: ['error'],
    is: usedFrom(KEYVALUE_ERROR),
    because: 'two resources are named error; that of keyvalue is "for keyvalue operations"',
  },
  {
    of: TYPES,
    types: ['outgoing-value-body-sync', 'incoming-value-sync-body'],
    is: () => 'list<u8>',
    because: 'a list has no name to link to; incoming-value is documented to give a list<u8>',
  },
  {
    of: EVENTUAL,
    types: ['bucket', 'error', 'incoming-value', 'key', 'outgoing-value'],
    is: usedFrom(TYPES),
    because: 'a used type links to its own name; types declares or passes on all of them',
  },
  {
    of: ATOMIC,
    types: ['bucket', 'error', 'key'],
    is: usedFrom(TYPES),
    because: 'as in eventual',
  },
  {
    of: BATCH,
    types: ['bucket', 'error', 'key', 'incoming-value', 'outgoing-value'],
    is: usedFrom(TYPES),
    because: 'as in eventual',
  },
];

const seed = readSeed(await readFile(SEED, 'utf8'));
const wit = readWit(await resolveWit());

test('wit/ declares every function of the seed with its parameters and result', () => {
  expect(wit.functions).toEqual(seed.functions);
});

test('wit/ declares every type of the seed, and restores what its rendering lost', () => {
  expect(wit.types).toEqual(seed.types);
});

test("the world imports the seed's eight interfaces, in its order", () => {
  const expected = [IO_ERROR, POLL, STREAMS, KEYVALUE_ERROR, TYPES, EVENTUAL, ATOMIC, BATCH];
  expect(seed.world).toEqual(expected);
  expect(wit.world).toEqual(expected);
});

test.each([
  ['the seed', seed],
  ['wit/', wit],
])('%s has 37 functions: 19 of wasi:io and 18 of wasi:keyvalue', (_side, { functions }) => {
  expect(new Set(functions).size).toBe(37);
  expect(functions.filter((line) => line.startsWith('wasi:io/'))).toHaveLength(19);
  expect(functions.filter((line) => line.startsWith('wasi:keyvalue/'))).toHaveLength(18);
});

test("wit/ carries every line of the seed's documentation, and no other", async () => {
  expect(seed.docs.length).toBeGreaterThan(300);
  expect(await readDocs()).toEqual(seed.docs);
});

/** Reads the rendering line by line: its headings say what the items below them are. */
function readSeed(text: string): Declarations & { readonly docs: string[] } {
  const world: string[] = [];
  const functions: string[] = [];
  const types: string[] = [];
  const docs: string[] = [];
  let [within, section] = ['', ''];
  const lines = text.split('\n').values();
  for (const line of lines) {
    const shown = plain(line);
    const type = TYPE_HEADING.exec(line)?.[1];
    if (line.startsWith('<li>interface ')) {
      world.push(shown.replace('interface ', ''));
    } else if (shown.startsWith('Import interface ')) {
      within = shown.replace('Import interface ', '');
    } else if (type?.startsWith('type ')) {
      types.push(`${within}#${restore(within, type, plain(lines.next().value ?? ''))}`);
    } else if (type !== undefined) {
      types.push(`${within}#${type}`);
    } else if (line.startsWith('<p><a name="')) {
      types.push(`${within}#case ${shown}`);
    } else if (line.startsWith('<h4>')) {
      functions.push(`${within}#${shown.replace(': func', '()')}`);
    } else if (line.startsWith('<h5>')) {
      section = shown;
    } else if (line.startsWith('<li><a name="')) {
      const signature = functions.pop() ?? '';
      functions.push(
        section === 'Params' ? addParam(signature, shown) : `${signature} -> ${shown}`,
      );
    } else if (!/^(<h[13]>|<li>Imports:|----|$)/.test(line) && shown !== '') {
      docs.push(shown);
    }
  }
  return { world, functions: functions.sort(), types: types.sort(), docs: docs.sort() };
}

function restore(within: string, alias: string, target: string): string {
  const name = alias.replace('type ', '');
  const loss = LOSSES.find(({ of, types }) => of === within && types.includes(name));
  return `${alias} = ${loss !== undefined && target === name ? loss.is(name) : target}`;
}

function addParam(signature: string, param: string): string {
  return signature.replace(/\)$/, `${signature.endsWith('()') ? '' : ', '}${param})`);
}

/** Markup away, and types as WIT writes them: a resource by its name is owned, a pair is a tuple. */
function plain(html: string): string {
  return html
    .replaceAll(/<\/?[a-z]\w*\b[^>]*>/g, '')
    .replaceAll(/\[`([^`]*)`\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll(/\bown<([\w-]+)>/g, '$1')
    .replaceAll(/(?<=<)\(([^()]*)\)/g, 'tuple<$1>')
    .trim();
}

/** The packages as the toolchain prints them: one declaration a line, nothing else. */
async function resolveWit(): Promise<string> {
  // The toolchain prints an encoded package, and encodes one only into a module. The package starts as
  // a module does, so it is found by the second occurrence of those four bytes.
  const magic = Buffer.from('\0asm');
  const module = Buffer.from(await componentEmbed({ dummy: true, witPath: WIT, world: 'imports' }));
  const packages = await unpackWit(undefined, module.subarray(module.indexOf(magic, magic.length)));
  return [...packages.values()].join('\n');
}

function readWit(text: string): Declarations {
  const world: string[] = [];
  const functions: string[] = [];
  const types: string[] = [];
  let [packageName, version, within, resource, variant] = ['', '', '', '', ''];
  const qualify = (name: string) =>
    name.includes(':') ? name : `${packageName}/${name}@${version}`;
  for (const line of text.split('\n').map((indented) => indented.trim())) {
    const [keyword = '', name = ''] = line.replace(/[;,]$/, '').split(' ');
    const func = /^([\w-]+): (static )?func\((.*)\)(.*);$/.exec(line);
    if (keyword === 'package') {
      [packageName = '', version = ''] = name.split('@');
    } else if (keyword === 'interface') {
      within = qualify(name);
    } else if (keyword === 'import') {
      world.push(qualify(name));
    } else if (keyword === 'use') {
      const [, from = '', names = ''] = /^use (.*)\.\{(.*)\};$/.exec(line) ?? [];
      const origin = usedFrom(qualify(from));
      types.push(...names.split(', ').map((used) => `${within}#type ${used} = ${origin(used)}`));
    } else if (keyword === 'type') {
      types.push(`${within}#${line.replace(';', '')}`);
    } else if (keyword === 'resource' || keyword === 'variant') {
      types.push(`${within}#${keyword} ${name}`);
      [resource, variant] = keyword === 'resource' ? [name, ''] : ['', name];
    } else if (func !== null) {
      const [, named = '', isStatic, params = '', result = ''] = func;
      const method = addParam(`[method]${resource}.${named}()`, `self: borrow<${resource}>`);
      const member = isStatic === undefined ? method : `[static]${resource}.${named}()`;
      const start = resource === '' ? `${named}()` : member;
      functions.push(`${within}#${params === '' ? start : addParam(start, params)}${result}`);
    } else if (line === '}') {
      [resource, variant] = ['', ''];
    } else if (variant !== '') {
      types.push(`${within}#case ${line.replace(/,$/, '').replace(/\((.*)\)$/, ': $1')}`);
    }
  }
  return { world, functions: functions.sort(), types: types.sort() };
}

/**
 * The lines of documentation in wit/, without the marks of markdown that HTML has as tags. wit/drafts/
 * is left out: it has the interfaces that a component is offered beside the seed's.
 */
async function readDocs(): Promise<string[]> {
  const paths = await readdir(WIT, { recursive: true });
  const files = paths.filter((path) => path.endsWith('.wit') && !path.startsWith(`drafts${sep}`));
  const texts = await Promise.all(files.map((path) => readFile(join(WIT, path), 'utf8')));
  return texts
    .flatMap((text) => text.match(/(?<=^ *\/\/\/ ).+/gm) ?? [])
    .map((line) =>
      line
        .replace(/^```\w*|^(-|\d\.) /, '')
        .replaceAll(/[`*]/g, '')
        .trim(),
    )
    .filter((line) => line !== '')
    .sort();
}

function usedFrom(origin: string): (type: string) => string {
  return (type) => `${origin}.{${type}}`;
}
