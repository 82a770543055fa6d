/** copy and rename into another store. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKeyvalue } from '../../src/keyvalue/index.js';
import { keyvalueOver, openStoreAt, openTestStore } from '../support/open-test-store.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { type Kv, kvOver, onTerminal } from '../support/run-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';

interface Two {
  readonly here: Kv;
  /** The path of the other store, and commands over it as it is then. */
  readonly path: string;
  there<T>(work: (kv: Kv) => Promise<T>): Promise<T>;
}

async function twoStores(): Promise<Two> {
  const here = kvOver(keyvalueOver(await openTestStore()));
  const path = join(temporaryFolder(), 'other');
  return {
    here,
    path,
    async there(work) {
      const store = await openStoreAt(path);
      try {
        return await work(kvOver(createKeyvalue(store)));
      } finally {
        await store.close();
      }
    },
  };
}

describe.each(['copy', 'rename'])('%s --to-store', (verb) => {
  it.each([0, 5, 70_000, 5_000_000])(
    'carries a value of %i bytes over, and when it expires',
    async (size) => {
      const { here, path, there } = await twoStores();
      await here('set k --ttl 1h', { stdin: patternedBytes(size) });
      const { expires } = JSON.parse((await here('stat k --json')).text) as { expires: string };
      const done = await here([verb, 'k', 'new', '--to-store', path], onTerminal);
      expect([done.outcome, done.stderr]).toEqual([
        0,
        `${verb === 'copy' ? 'copied' : 'renamed'} "k" to "new"\n`,
      ]);
      await there(async (kv) => {
        expect((await kv('get new')).stdout.equals(patternedBytes(size))).toBe(true);
        expect(JSON.parse((await kv('stat new --json')).text)).toMatchObject({ expires });
      });
      expect((await here('exists k')).outcome).toBe(verb === 'copy' ? 0 : 1);
    },
  );

  it('carries all keys of a prefix over, small and large', async () => {
    const { here, path, there } = await twoStores();
    const pairs = Array.from({ length: 2500 }, (_, index) => `p/${index}=${index}`);
    await here(['set-many', 'o=1', 'q=1', ...pairs]);
    await here('set p/large', { stdin: patternedBytes(6_000_000) });
    const { text } = await here([verb, 'p/', 'n/', '--prefix', '--to-store', path, '--json']);
    expect(JSON.parse(text)).toEqual({ source: 'p/', target: 'n/', keys: 2501 });
    await there(async (kv) => {
      expect((await kv('keys --count')).text).toBe('2501\n');
      expect((await kv('get n/2499')).text).toBe('2499');
      expect((await kv('get n/large')).stdout.equals(patternedBytes(6_000_000))).toBe(true);
    });
    expect((await here('keys --count')).text).toBe(verb === 'copy' ? '2503\n' : '2\n');
  });

  it('says how far it came, and goes on from there', async () => {
    const { here, path, there } = await twoStores();
    const pairs = Array.from({ length: 3000 }, (_, index) => `p/${index + 10_000}=v`);
    await here(['set-many', ...pairs]);
    await here(['copy', 'p/12500', 'p/12500', '--to-store', path]);
    const words = [verb, 'p/', 'p/', '--prefix', '--to-store', path];
    const { outcome, error } = await here([...words, '--if-absent']);
    expect([outcome, error?.code]).toEqual([3, 'condition-failed']);
    expect(error?.message).toContain('the key is there already');
    const done = verb === 'copy' ? 'copied' : 'renamed';
    expect(error?.result).toBe(`${done} through "p/11999"`);
    await there(async (kv) => expect((await kv('keys --count')).text).toBe('2001\n'));
    await here(verb === 'copy' ? [...words, '--after', 'p/11999'] : words);
    await there(async (kv) => expect((await kv('keys --count')).text).toBe('3000\n'));
    expect((await here('keys --count')).text).toBe(verb === 'copy' ? '3000\n' : '0\n');
  });

  it('refuses what it cannot do, and nothing is lost', async () => {
    const { here, path, there } = await twoStores();
    await here('set k v');
    const missing = await here([verb, 'none', 'x', '--to-store', path]);
    expect([missing.outcome, missing.error?.message]).toEqual([
      1,
      `cannot ${verb} "none": there is no such key`,
    ]);
    expect(existsSync(path)).toBe(false);
    const bucket = await here([verb, 'k', 'k', '--to-store', path, '--to-bucket', 'none']);
    expect(bucket.error?.code).toBe('no-bucket');
    const readOnly = await here([verb, 'k', 'k', '--to-store', path, '--read-only']);
    expect(readOnly.error?.code).toBe('read-only');
    for (const words of [
      ['--after', 'k'],
      ['--after', 'k', '--prefix'],
      ['--after', 'k', '--to-store', path],
    ]) {
      expect((await here([verb, 'k', 'x', ...words])).outcome).toBe(2);
    }
    expect((await here('get k')).text).toBe('v');
    await there(async (kv) => expect((await kv('keys --count')).text).toBe('0\n'));
  });
});

it('rename to another store is no part of a transaction, and copy is', async () => {
  const { here, path, there } = await twoStores();
  await here('set k v');
  const line = (verb: string) => `${verb} k k --to-store ${path}\n`;
  const renamed = await here('exec --atomic', { stdin: line('rename') });
  expect([renamed.outcome, renamed.error?.code]).toEqual([2, 'usage']);
  expect((await here('exec --atomic', { stdin: line('copy') })).outcome).toBe(0);
  await there(async (kv) => expect((await kv('get k')).text).toBe('v'));
});

it('a record that another one changes while it is renamed goes as it is then', async () => {
  const { here, path, there } = await twoStores();
  await here(['set-many', 'p/a=old', 'p/b=old']);
  const { records } = here.keyvalue;
  const { deleteWhere } = records;
  let changes = 0;
  records.deleteWhere = (bucket, key, condition) => {
    if (key === 'p/a' && changes++ === 0) {
      const value = here.keyvalue.types.OutgoingValue.newOutgoingValue();
      value.outgoingValueWriteBodySync(Buffer.from('new'));
      records.setWhere(bucket, key, value);
      value[Symbol.dispose]();
    }
    return deleteWhere(bucket, key, condition);
  };
  await here(['rename', 'p/', 'p/', '--prefix', '--to-store', path]);
  expect((await here('keys')).text).toBe('');
  await there(async (kv) =>
    expect((await kv('get-many p/a p/b')).text).toBe('p/a\tnew\np/b\told\n'),
  );
});
