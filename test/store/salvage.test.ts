/**
 * Salvage: what lies on undamaged pages is brought, whatever page is damaged. KV_TEST_DAMAGE=full damages
 * every page, each by itself; else some, that are others every time.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KvError } from '../../src/errors.js';
import { createKeyvalue } from '../../src/keyvalue/index.js';
import { checkOf } from '../../src/store/lmdb/check/check-store.js';
import { salvage } from '../../src/store/lmdb/salvage/salvage-store.js';
import type { Problem, SalvageResult } from '../../src/store/maintenance.js';
import { openStoreAt } from '../support/open-test-store.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { Anatomy } from './anatomy.js';
import { makeVariedStore } from './varied-store.js';

const PAGE_BYTES = 4096;
const KEYS = 1500;

const IS_FULL = process.env.KV_TEST_DAMAGE === 'full';

interface Salvaged {
  readonly result: SalvageResult;
  readonly problems: readonly Problem[];
  /** By bucket and key, with version, times and value. */
  readonly records: ReadonlyMap<string, string>;
}

let healthy: Promise<{ data: Buffer; records: ReadonlyMap<string, string> }> | undefined;

/** The file of a varied store, and its records; made once. */
async function healthyStore() {
  healthy ??= (async () => {
    const path = join(temporaryFolder(), 'healthy');
    await makeVariedStore(path, KEYS);
    return { data: readFileSync(join(path, 'data.mdb')), records: await recordsOf(path) };
  })();
  return healthy;
}

async function recordsOf(path: string): Promise<Map<string, string>> {
  const store = await openStoreAt(path, 'read');
  const records = new Map<string, string>();
  for (const { name } of store.buckets()) {
    for (const page of store.bucket(name)!.records({})) {
      for (let position = 0; position < page.count; position++) {
        const { key, version, modified, expires, size } = page.entry(position)!;
        const value = page.value(position)!;
        const bytes: Buffer[] = [];
        for (let at = 0; at < size; at += bytes.at(-1)!.length) {
          bytes.push(Buffer.from(value.read(at, size)));
        }
        value.close();
        const hash = createHash('sha1').update(Buffer.concat(bytes)).digest('hex');
        records.set(`${name} ${key}`, `${version} ${modified} ${expires} ${hash}`);
      }
    }
  }
  await store.close();
  return records;
}

/** Salvages a file, holds the new store against the check, and the old one against its bytes. */
async function salvaged(data: Buffer): Promise<Salvaged> {
  const folder = temporaryFolder();
  const [from, to] = [join(folder, 'damaged'), join(folder, 'new')];
  mkdirSync(from);
  writeFileSync(join(from, 'data.mdb'), data);
  const problems: Problem[] = [];
  const result = await salvage(from, to, { found: async (problem) => void problems.push(problem) });
  expect(readdirSync(from)).toEqual(['data.mdb']);
  expect(readFileSync(join(from, 'data.mdb')).equals(data)).toBe(true);
  const wrong: Problem[] = [];
  await checkOf(to).run({ found: async (problem) => void wrong.push(problem) });
  expect(wrong).toEqual([]);
  const records = await recordsOf(to);
  rmSync(folder, { recursive: true });
  return { result, problems, records };
}

function zeroed(data: Buffer, ...pages: number[]): Buffer {
  const damaged = Buffer.from(data);
  for (const page of pages) damaged.fill(0, page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
  return damaged;
}

/** Whether it is a leaf that has a name of a bucket, as the main tree has them. */
function isMainPage(data: Buffer, page: number): boolean {
  const bytes = data.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
  return bytes.readUInt16LE(18) === 2 && bytes.includes('size/bucket/');
}

describe('salvage', () => {
  test('brings all of a sound store, as it was, and lets it be written to', async () => {
    const { data, records } = await healthyStore();
    const { result, problems, records: brought } = await salvaged(data);
    expect(problems).toEqual([]);
    expect(brought).toEqual(records);
    expect(result.buckets).toEqual([
      { bucket: 'test', keys: KEYS - 18, brought: KEYS - 18 },
      { bucket: 'other', keys: 1, brought: 1 },
    ]);
  });

  test('brings all but what lies on a damaged page, of whatever kind that is', async () => {
    const { data, records } = await healthyStore();
    const file = new Anatomy(data);
    const roots = ['test', 'other', 'chunks', 'values'].map((name) => file.rootOf(name));
    const all = Array.from({ length: data.length / PAGE_BYTES }, (_, page) => page);
    const some = [0, 1, file.mainRoot, ...roots, ...fc.sample(fc.constantFrom(...all), 12)];
    for (const page of IS_FULL ? all : some) {
      const { records: brought, result } = await salvaged(zeroed(data, page));
      const lost = file.recordsOn(page);
      const expected = [...records].filter(([key]) => !lost.has(key));
      const other = [...brought].filter(([key, value]) => records.get(key) !== value);
      expect({ page, other }).toEqual({ page, other: [] });
      const missing = expected.filter(([key]) => !brought.has(key));
      expect({ page, missing }).toEqual({ page, missing: [] });
      const said = result.buckets.reduce((sum, { keys, brought }) => sum + keys - brought, 0);
      expect({ page, said }).toEqual({ page, said: lost.size });
    }
  });

  test('brings what the last transactions wrote, whatever leads to it is lost', async () => {
    const path = join(temporaryFolder(), 'healthy');
    await makeVariedStore(path, 300);
    const store = await openStoreAt(path);
    const put = (bucket: string, key: string, value: Buffer) => {
      const upload = store.upload();
      upload.append(value);
      store.bucket(bucket)!.put(key, upload);
      upload.close();
    };
    put('other', 'large', patternedBytes(700_000, 1));
    store.bucket('other')!.copy('large', { bucket: 'test', key: 'the same' });
    store.createBucket('empty');
    for (let key = 0; key < 300; key += 10) put('test', `key ${key + 1}`, Buffer.from('newer'));
    put('test', 'key 5', Buffer.from('newest'));
    await store.close();
    const data = readFileSync(join(path, 'data.mdb'));
    const records = await recordsOf(path);
    const file = new Anatomy(data);
    const main = file.mainRoot;
    const roots = ['test', 'other', 'chunks'].map((name) => file.rootOf(name));
    const others = ['values', 'expires'].map((name) => file.rootOf(name));
    const branches = roots.filter((page) => !file.leaves.includes(page));
    expect(branches.length).toBeGreaterThan(0);
    // Which leaves of records they have all the same.
    const lost = [
      [main],
      [0, main],
      [1, main],
      [0, 1, main],
      [main, ...branches],
      [main, ...others],
    ];
    for (const pages of lost) {
      const { records: brought } = await salvaged(zeroed(data, ...pages));
      const isRight = (key: string) => brought.get(key) === records.get(key);
      expect({ pages, wrong: [...records.keys()].filter((key) => !isRight(key)) }).toEqual({
        pages,
        wrong: [],
      });
      // Without the lists of free pages it is not known what was deleted.
      if (!pages.includes(0) && !pages.includes(1)) expect(brought).toEqual(records);
    }
    // Without a page that has names, the buckets are found by the checksums of their records.
    const nameless = Buffer.from(data);
    for (let page = 2; page < data.length / PAGE_BYTES; page++) {
      if (nameless.includes('name/', page * PAGE_BYTES) && isMainPage(nameless, page)) {
        nameless.fill(0, page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
      }
    }
    const { records: found } = await salvaged(nameless);
    const valuesOf = (map: ReadonlyMap<string, string>) =>
      [...map].map(([key, value]) => `${key.replace(/^\S+ /, '')} ${value}`).sort();
    expect(valuesOf(found)).toEqual(valuesOf(records));
    expect([...found.keys()].every((key) => key.startsWith('lost+found/'))).toBe(true);
  });

  test('brings all where both meta pages are lost', async () => {
    const { data, records } = await healthyStore();
    expect((await salvaged(zeroed(data, 0, 1))).records).toEqual(records);
  });

  test('brings no key back that was deleted', async () => {
    const { data } = await healthyStore();
    const { records } = await salvaged(zeroed(data, 0, 1));
    expect(records.has('test key 0')).toBe(false);
    expect(records.has('other to be deleted')).toBe(false);
  });

  test('of any damage brings a sound store, or says why not', async () => {
    const { data, records } = await healthyStore();
    const pages = data.length / PAGE_BYTES;
    const several = fc.array(fc.nat(pages - 1), { minLength: 2, maxLength: 12 });
    for (const damaged of fc.sample(several, IS_FULL ? 200 : 10)) {
      const answer = await salvaged(zeroed(data, ...damaged)).catch((thrown: unknown) => thrown);
      if (answer instanceof KvError) continue;
      if (answer instanceof Error) throw answer;
      const file = new Anatomy(data);
      // What is free is not known then, and what was deleted may come back.
      const isFreeKnown = damaged.every((page) => page > 1 && !file.isFreeTree(page));
      if (!isFreeKnown) continue;
      if (damaged.some((page) => file.isMain(page))) continue;
      for (const [key, value] of (answer as Salvaged).records) expect(value).toBe(records.get(key));
    }
  });

  test('refuses to write where something is, and leaves nothing of what failed', async () => {
    const { data } = await healthyStore();
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'copy'), data);
    mkdirSync(join(folder, 'there'));
    const found = async () => {};
    await expect(salvage(join(folder, 'copy'), join(folder, 'there'), { found })).rejects.toThrow(
      'there is something already',
    );
    const stopped = { found, signal: AbortSignal.abort(new Error('stopped')) };
    await expect(salvage(join(folder, 'copy'), join(folder, 'new'), stopped)).rejects.toThrow();
    expect(readdirSync(folder).sort()).toEqual(['copy', 'there']);
  });

  test('leaves a store that can be written to', async () => {
    const { data } = await healthyStore();
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'copy'), data);
    await salvage(join(folder, 'copy'), join(folder, 'new'), { found: async () => {} });
    const keyvalue = createKeyvalue(await openStoreAt(join(folder, 'new')));
    const bucket = keyvalue.types.Bucket.openBucket('test');
    keyvalue.eventual.delete(bucket, 'in chunks');
    expect(keyvalue.atomic.increment(bucket, 'n', 1n)).toBe(1n);
  });
});
