/** The package as another host uses it: the example of the README, as it stands there. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transpileBytes } from '@bytecodealliance/jco-transpile';
import { describe, expect, test } from 'vitest';
import { guestBytes } from './support/guests.js';
import { Shell } from './support/shell.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const [, module = ''] = /run by test\/library\.test\.ts -->\n\n```js\n(.*?)```/s.exec(readme) ?? [];
/** What transpiles a component, its name, and what runs it. */
const examples = [
  ...readme.matchAll(/```sh\n(npx [^\n]*examples\/(\w+)\.wasm[^\n]*)\n(node [^\n]*)\n```/g),
].map(([, transpiling = '', name = '', running = '']) => ({ transpiling, name, running }));

/** A folder in which the package and its like are installed. */
function installed(): Shell {
  const shell = new Shell();
  const modules = join(shell.folder, 'node_modules');
  mkdirSync(modules);
  symlinkSync(root, join(modules, 'wasi-keyvalue'));
  symlinkSync(join(root, 'node_modules/@bytecodealliance'), join(modules, '@bytecodealliance'));
  return shell;
}

describe('the library', () => {
  test('has two examples in the README', () => {
    expect(examples.map(({ name }) => name)).toEqual(['tally', 'visits']);
  });

  test.each(examples)('runs $name, transpiled by the example of the README', async (example) => {
    const { name, transpiling, running } = example;
    const shell = installed();
    writeFileSync(join(shell.folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(shell.folder, 'keyvalue.js'), module);
    // What the command line of the README has the same package do.
    const maps = [...transpiling.matchAll(/--map '(.*?)=(.*?)'/g)];
    expect(maps).toHaveLength(2);
    const { files } = await transpileBytes(guestBytes(name), {
      name,
      map: Object.fromEntries(maps.map(([, imported, target]) => [imported, target])),
    });
    for (const [file, bytes] of Object.entries(files)) {
      if (!file.includes('/')) writeFileSync(join(shell.folder, file), bytes);
    }
    expect(await shell.succeed(`${running}; ${running}`)).toBe('');
    const counted = name === 'tally' ? 'runs' : name;
    expect(await shell.succeed(`kv -s my-store get ${counted}`)).toBe('2');
  });

  test('gives the interfaces to require() as to import', async () => {
    const program = `
      const { createKeyvalue, MemoryStore } = require('wasi-keyvalue');
      const { buckets, atomic } = createKeyvalue(new MemoryStore());
      console.log(String(atomic.increment(buckets.create('b'), 'n', 42n)));`;
    expect(await installed().succeed(`node -e "${program}"`)).toBe('42\n');
  });

  test('gives the interfaces of the later drafts', async () => {
    const program = `
      const { createKeyvalue, MemoryStore } = require('wasi-keyvalue');
      const { buckets, draft, draft2 } = createKeyvalue(new MemoryStore());
      buckets.create('default');
      draft.store.open('').set('key', Buffer.from('text'));
      const bucket = draft2.store.open('default');
      const cas = draft2.atomics.Cas.new(bucket, 'key');
      draft2.atomics.swap(cas, Buffer.from('swapped'));
      console.log(Buffer.from(draft2.batch.getMany(bucket, ['key'])[0][1]).toString());
      try { draft2.store.open('nowhere') } catch ({ tag, cause }) { console.log(tag, cause.code) }`;
    expect(await installed().succeed(`node -e "${program}"`)).toBe(
      'swapped\nno-such-store no-bucket\n',
    );
  });

  test('throws its one class of errors', async () => {
    const program = `
      import { KvError, openStore } from 'wasi-keyvalue';
      const error = await openStore('/dev/null', 'write').catch((error) => error);
      console.log(error instanceof KvError, error.code);`;
    const script = `node --input-type=module -e "${program}"`;
    expect(await installed().succeed(script)).toBe('true not-a-store\n');
  });
});
