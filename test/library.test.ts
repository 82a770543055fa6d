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
const [, module = '', transpiling = '', running = ''] =
  /run by test\/library\.test\.ts -->\n\n```js\n(.*?)```.*?```sh\n(npx [^\n]*)\n(node [^\n]*)\n```/s.exec(
    readme,
  ) ?? [];

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
  test('runs a component transpiled with its interfaces, by the example of the README', async () => {
    const shell = installed();
    writeFileSync(join(shell.folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(shell.folder, 'keyvalue.js'), module);
    // What the command line of the README has the same package do.
    const maps = [...transpiling.matchAll(/--map '(.*?)=(.*?)'/g)];
    expect(maps).toHaveLength(2);
    const { files } = await transpileBytes(guestBytes('tally'), {
      name: 'tally',
      map: Object.fromEntries(maps.map(([, name, target]) => [name, target])),
    });
    for (const [name, bytes] of Object.entries(files)) {
      if (!name.includes('/')) writeFileSync(join(shell.folder, name), bytes);
    }
    expect(await shell.succeed(`${running}; ${running}`)).toBe('');
    expect(await shell.succeed('kv -s my-store get runs')).toBe('2');
  });

  test('gives the interfaces to require() as to import', async () => {
    const program = `
      const { createKeyvalue, MemoryStore } = require('wasi-keyvalue');
      const { buckets, atomic } = createKeyvalue(new MemoryStore());
      console.log(String(atomic.increment(buckets.create('b'), 'n', 42n)));`;
    expect(await installed().succeed(`node -e "${program}"`)).toBe('42\n');
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
