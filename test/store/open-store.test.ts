import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asKvError } from '../../src/errors.js';
import { createKeyvalue } from '../../src/keyvalue/index.js';
import { openStore } from '../../src/store/lmdb/open-store.js';
import type { Store } from '../../src/store/store.js';
import { program } from '../support/child-program.js';
import { codeOf, codeOfRejected } from '../support/error-code.js';
import { keyvalueOver, openStoreAt, openTestStore } from '../support/open-test-store.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { getText, getValue, setValue } from '../support/records.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** lmdb as others use it, without what kv replaces of it. */
const { open } = createRequire(import.meta.url)('lmdb') as typeof import('lmdb');

const startTogether = program(import.meta.url, 'start-together');

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

async function closed(store: Store): Promise<Store> {
  await store.close();
  return store;
}

/** Everything in a folder, name by name. */
function contentOf(folder: string): [string, string][] {
  return readdirSync(folder)
    .sort()
    .map((name) => [name, readFileSync(join(folder, name), 'latin1')]);
}

describe('a store that is made', () => {
  let umask: number;
  beforeEach(() => {
    umask = process.umask(0);
  });
  afterEach(() => {
    process.umask(umask);
  });

  test('is for its owner alone, whatever the umask allows', async () => {
    const path = join(temporaryFolder(), 'deep', 'er');
    const store = await openStoreAt(path);
    createKeyvalue(store).buckets.create('test');
    await store.close();
    expect(modeOf(path)).toBe('700');
    expect(readdirSync(path).sort()).toEqual(['data.mdb', 'lock.mdb']);
    expect(modeOf(join(path, 'data.mdb'))).toBe('600');
    expect(modeOf(join(path, 'lock.mdb'))).toBe('600');
  });

  test('makes a new lock file for its owner alone as well, to read and to write', async () => {
    const path = join(temporaryFolder(), 'store');
    await (await openStoreAt(path)).close();
    for (const mode of ['read', 'write'] as const) {
      rmSync(join(path, 'lock.mdb'));
      await (await openStoreAt(path, mode)).close();
      expect(modeOf(join(path, 'lock.mdb'))).toBe('600');
    }
  });

  test('leaves the umask as it was', async () => {
    process.umask(0o027);
    await openStoreAt(join(temporaryFolder(), 'store'));
    expect(process.umask()).toBe(0o027);
  });

  test('takes an empty folder that is there', async () => {
    const path = temporaryFolder();
    const store = await openStoreAt(path);
    expect(store.buckets()).toEqual([]);
    expect(readdirSync(path).sort()).toEqual(['data.mdb', 'lock.mdb']);
  });
});

describe('opening a store', () => {
  test('to read where there is none gives none, and makes nothing', async () => {
    const path = join(temporaryFolder(), 'store');
    expect(await openStore(path, 'read')).toBeUndefined();
    expect(existsSync(path)).toBe(false);
    const empty = temporaryFolder();
    expect(await openStore(empty, 'read')).toBeUndefined();
    expect(readdirSync(empty)).toEqual([]);
  });

  test.each(['read', 'write'] as const)('again to %s finds what was written', async (mode) => {
    const path = join(temporaryFolder(), 'store');
    const store = await openStoreAt(path);
    const keyvalue = createKeyvalue(store);
    for (const name of ['one', 'two']) {
      const bucket = keyvalue.buckets.create(name);
      setValue(keyvalue, bucket, 'small', name);
      setValue(keyvalue, bucket, 'large', patternedBytes(5_000_000));
    }
    await store.close();
    const again = createKeyvalue(await openStoreAt(path, mode));
    for (const name of ['two', 'one']) {
      const bucket = again.types.Bucket.openBucket(name);
      expect(getText(again, bucket, 'small')).toBe(name);
      expect(getValue(again, bucket, 'large')!.equals(patternedBytes(5_000_000))).toBe(true);
      expect(again.eventualBatch.keys(bucket)).toEqual(['large', 'small']);
    }
    expect(again.buckets.list().map(({ name, keys }) => [name, keys])).toEqual([
      ['one', 2],
      ['two', 2],
    ]);
  });

  test('to read takes no writes, and changes nothing', async () => {
    const path = join(temporaryFolder(), 'store');
    const store = await openStoreAt(path);
    const keyvalue = createKeyvalue(store);
    setValue(keyvalue, keyvalue.buckets.create('test'), 'key', '1');
    await store.close();
    const before = readFileSync(join(path, 'data.mdb'));
    const reader = keyvalueOver(await openStoreAt(path, 'read'));
    const bucket = reader.types.Bucket.openBucket('test');
    expect(codeOf(() => setValue(reader, bucket, 'key', '2'))).toBe('read-only');
    expect(codeOf(() => setValue(reader, bucket, 'large', patternedBytes(5_000_000)))).toBe(
      'read-only',
    );
    expect(codeOf(() => reader.eventual.delete(bucket, 'key'))).toBe('read-only');
    expect(codeOf(() => reader.atomic.increment(bucket, 'key', 1n))).toBe('read-only');
    expect(codeOf(() => reader.buckets.create('new'))).toBe('read-only');
    expect(await codeOfRejected(reader.buckets.delete('test'))).toBe('read-only');
    expect(getText(reader, bucket, 'key')).toBe('1');
    await reader.store.close();
    expect(readFileSync(join(path, 'data.mdb')).equals(before)).toBe(true);
  });

  test('shows at once what another one of the same process writes', async () => {
    const path = join(temporaryFolder(), 'store');
    const writer = createKeyvalue(await openStoreAt(path));
    const reader = createKeyvalue(await openStoreAt(path));
    const bucket = writer.buckets.create('test');
    setValue(writer, bucket, 'key', 'value');
    expect(getText(reader, reader.types.Bucket.openBucket('test'), 'key')).toBe('value');
    setValue(writer, bucket, 'key', 'another');
    expect(getText(reader, reader.types.Bucket.openBucket('test'), 'key')).toBe('another');
  });

  test('of an unknown format says which it is, and which is known', async () => {
    const path = join(temporaryFolder(), 'store');
    await (await openStoreAt(path)).close();
    const main = open({ path, noSubdir: false, encoding: 'binary', keyEncoding: 'binary' });
    main.putSync(Buffer.from('format'), Buffer.from('000000000000002a', 'hex'));
    await main.close();
    for (const mode of ['read', 'write'] as const) {
      const error = await openStore(path, mode).catch(asKvError);
      expect(error).toMatchObject({ code: 'unknown-format' });
      expect((error as Error).message).toMatch(/format 42\b.*\b2\b/);
    }
  });
});

describe('what is not a store', () => {
  test.each(['read', 'write'] as const)('is refused to %s: a file', async (mode) => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, 'text');
    expect(await codeOfRejected(openStore(path, mode))).toBe('not-a-store');
    expect(readFileSync(path, 'utf8')).toBe('text');
  });

  test.each(['read', 'write'] as const)('is refused to %s: a folder of others', async (mode) => {
    const path = temporaryFolder();
    writeFileSync(join(path, 'notes.txt'), 'text');
    const before = contentOf(path);
    expect(await codeOfRejected(openStore(path, mode))).toBe('not-a-store');
    expect(contentOf(path)).toEqual(before);
  });

  test.each(['read', 'write'] as const)('is refused to %s: a text as its file', async (mode) => {
    for (const length of [200, 5000, 100_000]) {
      const path = temporaryFolder();
      writeFileSync(join(path, 'data.mdb'), 'text'.repeat(length / 4));
      const before = contentOf(path);
      expect(await codeOfRejected(openStore(path, mode))).toBe('not-a-store');
      expect(contentOf(path)).toEqual(before);
    }
  });

  test.each(['read', 'write'] as const)('is refused to %s: an empty file', async (mode) => {
    const path = temporaryFolder();
    writeFileSync(join(path, 'data.mdb'), '');
    expect(await codeOfRejected(openStore(path, mode))).toBe('damaged');
    expect(contentOf(path)).toEqual([['data.mdb', '']]);
  });

  test.each(['read', 'write'] as const)('is refused to %s: an LMDB of others', async (mode) => {
    for (const options of [{}, { dupSort: true, encoding: 'ordered-binary' as const }]) {
      const path = temporaryFolder();
      const foreign = open({ path, noSubdir: false, ...options });
      foreign.transactionSync(() => {
        for (let index = 0; index < 500; index++) foreign.putSync(`key ${index}`, `value ${index}`);
      });
      await foreign.close();
      const before = contentOf(path).find(([name]) => name === 'data.mdb');
      expect(await codeOfRejected(openStore(path, mode))).toBe('not-a-store');
      expect(contentOf(path).find(([name]) => name === 'data.mdb')).toEqual(before);
      expect(readdirSync(path).sort()).toEqual(['data.mdb', 'lock.mdb']);
      const again = open({ path, noSubdir: false, ...options });
      expect(again.get('key 499')).toBe('value 499');
      await again.close();
    }
  });

  test.each(['read', 'write'] as const)('is refused to %s: an encrypted LMDB', async (mode) => {
    const path = temporaryFolder();
    const encryptionKey = '0123456789abcdef0123456789abcdef';
    const foreign = open({ path, noSubdir: false, encryptionKey });
    foreign.putSync('key', 'value');
    await foreign.close();
    expect(await codeOfRejected(openStore(path, mode))).toBe('not-a-store');
  });

  test('is what lies below a file, or where nobody may look', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), 'text');
    expect(await codeOfRejected(openStore(join(folder, 'file', 'store'), 'write'))).toBe('io');
    expect(await codeOfRejected(openStore(join(folder, 'file', 'store'), 'read'))).toBe('io');
  });

  test.skipIf(process.getuid?.() === 0)('is a folder that its user may not read', async () => {
    const path = join(temporaryFolder(), 'store');
    mkdirSync(path, { mode: 0o000 });
    expect(await codeOfRejected(openStore(path, 'write'))).toBe('io');
    chmodSync(path, 0o700);
  });

  test('is not the remains of a store that was being made', async () => {
    const path = temporaryFolder();
    mkdirSync(join(path, '.making-remains'));
    expect(await openStore(path, 'read')).toBeUndefined();
    expect((await openStoreAt(path)).buckets()).toEqual([]);
  });

  test('is rid of such remains when they are old', async () => {
    const path = temporaryFolder();
    const [fresh, old] = [join(path, '.making-fresh'), join(path, '.making-old')];
    for (const folder of [fresh, old]) mkdirSync(folder);
    utimesSync(old, new Date(0), new Date(0));
    await openStoreAt(path);
    // And of one who looked for room on the disk.
    writeFileSync(join(path, 'data.mdb.probe-1'), 'zeroes');
    await openStoreAt(path);
    expect(readdirSync(path).sort()).toEqual(['.making-fresh', 'data.mdb', 'lock.mdb']);
  });

  test.each([
    ['data.mdb', 'a pipe', (path: string) => execFileSync('mkfifo', [path])],
    ['lock.mdb', 'a pipe', (path: string) => execFileSync('mkfifo', [path])],
    ['lock.mdb', 'a folder', (path: string) => mkdirSync(path)],
    ['lock.mdb', 'a link to nowhere', (path: string) => symlinkSync('/nowhere/at/all', path)],
  ])('whose %s is %s is refused', async (name, _, make) => {
    const { path } = await openTestStore().then(closed);
    rmSync(join(path, name), { force: true });
    make(join(path, name));
    for (const mode of ['read', 'write'] as const) {
      expect(['not-a-store', 'io']).toContain(await codeOfRejected(openStore(path, mode)));
    }
  });
});

test('processes that make the same store at the same time make one', async () => {
  for (let round = 0; round < 3; round++) {
    const path = join(temporaryFolder(), 'store');
    const children = Array.from({ length: 4 }, (_, index) => startTogether([path, `${index}`]));
    for (const child of children) expect(await child.message()).toBe('ready');
    for (const child of children) child.send('go');
    for (const child of children) expect(await child.message()).toBe('done');
    for (const child of children) {
      expect(await child.ended).toMatchObject({ status: 0, stderr: '' });
    }
    const keyvalue = createKeyvalue(await openStoreAt(path));
    const bucket = keyvalue.types.Bucket.openBucket('test');
    expect(keyvalue.eventualBatch.keys(bucket)).toEqual(['0', '1', '2', '3', 'counter']);
    expect(getText(keyvalue, bucket, 'counter')).toBe('4');
    expect(readdirSync(path).sort()).toEqual(['data.mdb', 'lock.mdb']);
  }
});

test.skipIf(!existsSync('/proc/self'))(
  'where no folder can be made, ends with an error',
  async () => {
    await expect(openStore('/proc/kv-store/below', 'write')).rejects.toMatchObject({ code: 'io' });
  },
);
