/** What a short command loads of Node: streams and zlib would cost each start 3 ms, `performance` one. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Shell } from '../../support/shell.js';

/** What may be loaded, of what a program can ask for. */
const CHEAP = ['os', 'process', 'vm'];

/** Tells at the end, in a file, what was loaded since the start. */
const TELLS = `
  const before = new Set(process.moduleLoadList);
  process.on('exit', () => {
    const names = process.moduleLoadList.filter((name) => !before.has(name));
    require('node:fs').writeFileSync('loaded', names.join('\\n'));
  });
`;

it.each([
  '--version',
  'get k',
  'exists k',
  'set k v',
  'incr n',
  'keys | head -n 1',
  '__complete bash "kv get " 7',
])('loads little of Node: %s', async (line) => {
  const shell = new Shell();
  writeFileSync(join(shell.folder, 'tells.cjs'), TELLS);
  await shell.succeed('kv set k 1');
  await shell.succeed(`NODE_OPTIONS='-r ./tells.cjs' kv ${line}`);
  const loaded = (await shell.succeed("grep '^NativeModule [^/]*$' loaded")).trim().split('\n');
  const costly = loaded
    .map((name) => name.slice('NativeModule '.length))
    .filter((name) => !CHEAP.includes(name));
  expect(costly).toEqual([]);
});
