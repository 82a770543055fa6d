import { expect, it } from 'vitest';
import { Shell } from '../../support/shell.js';

it.each(['KV_STORE', 'KV_BUCKET'])('%s that is not UTF-8 is refused by its name', async (name) => {
  const shell = new Shell();
  await shell.succeed('kv set k v');
  const { status, stderr } = await shell.run(
    `export ${name}=$PWD/$'caf\\xe9'; kv get k; kv set k w`,
  );
  const line = `kv: cannot use the environment variable ${name}: it is not UTF-8\n`;
  expect([status, stderr]).toEqual([2, line + line]);
  expect(shell.files()).toEqual([]);
});

it.each(['HOME', 'XDG_DATA_HOME'])('%s is refused where the store would be in it', async (name) => {
  const shell = new Shell();
  const script = `export ${name}=$PWD/$'caf\\xe9'; kv -s ok set k v; unset KV_STORE; kv set k v`;
  const { status, stderr } = await shell.run(script);
  const line = `kv: cannot use the environment variable ${name}: it is not UTF-8\n`;
  expect([status, stderr]).toEqual([2, line]);
  expect(shell.files()).toEqual(['ok']);
});

it('a path with the replacement character itself is a path', async () => {
  const shell = new Shell();
  await shell.succeed(`export KV_STORE=$PWD/$'caf\\xef\\xbf\\xbd'; kv set k v; kv get k`);
  expect(shell.files()).toEqual(['caf\ufffd']);
});
