/** Checking all of a store: sound ones of varied shape, and each kind of damage, done to a copy by hand. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KvError } from '../../src/errors.js';
import { createKeyvalue } from '../../src/keyvalue/index.js';
import { checkOf } from '../../src/store/lmdb/check/check-store.js';
import { HeldFile } from '../../src/store/lmdb/check/held-file.js';
import { openStore } from '../../src/store/lmdb/open-store.js';
import type { CheckResult, Problem } from '../../src/store/maintenance.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { setValue } from '../support/records.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { Anatomy } from './anatomy.js';
import { makeVariedStore } from './varied-store.js';

const PAGE_BYTES = 4096;

/** Keys of bucket "test" of the varied store: enough for branches above the leaves. */
const KEYS = 2000;

async function check(path: string): Promise<{ result: CheckResult; problems: Problem[] }> {
  const problems: Problem[] = [];
  const found = async (problem: Problem) => void problems.push(problem);
  const result = await checkOf(path).run({ found });
  expect(result.problems).toBe(problems.length);
  return { result, problems };
}

/** The file of a varied store, made once. */
async function healthyData(): Promise<Buffer> {
  healthy ??= (async () => {
    const path = join(temporaryFolder(), 'healthy');
    await makeVariedStore(path, KEYS);
    return readFileSync(join(path, 'data.mdb'));
  })();
  return healthy;
}

let healthy: Promise<Buffer> | undefined;

/** The problems of a store whose file was changed. */
async function problemsAfter(change: (file: Anatomy) => unknown): Promise<Problem[]> {
  const path = join(temporaryFolder(), 'store');
  mkdirSync(path, { recursive: true });
  const file = new Anatomy(Buffer.from(await healthyData()));
  change(file);
  writeFileSync(join(path, 'data.mdb'), file.data);
  return (await check(path)).problems;
}

describe('a sound store', () => {
  test('is OK, with all that it holds', async () => {
    const path = join(temporaryFolder(), 'store');
    await makeVariedStore(path, KEYS);
    const { result, problems } = await check(path);
    expect(problems).toEqual([]);
    expect(result).toMatchObject({ isHeld: true, buckets: 2, keys: KEYS - 20 + 3 });
    expect(result).toMatchObject({ chunkedValues: 1, chunks: 1, uploads: 0, lostPages: 0 });
    const pages = readFileSync(join(path, 'data.mdb')).length / PAGE_BYTES;
    expect(result.usedPages + result.freePages).toBeLessThanOrEqual(pages);
  });

  test('is OK as a copy of its file alone, which is not held', async () => {
    const path = join(temporaryFolder(), 'copy');
    writeFileSync(path, await healthyData());
    expect(await check(path)).toMatchObject({ result: { isHeld: false }, problems: [] });
  });

  test('is OK while it is empty', async () => {
    const path = join(temporaryFolder(), 'store');
    await (await openStore(path, 'write'))!.close();
    expect((await check(path)).problems).toEqual([]);
  });

  test('is OK where values are shared, grow after they were set, and are still being written', async () => {
    const path = join(temporaryFolder(), 'store');
    const store = (await openStore(path, 'write'))!;
    const bucket = store.createBucket('test');
    const upload = store.upload();
    upload.append(patternedBytes(5_000_000));
    bucket.put('a', upload);
    upload.append(patternedBytes(600_000));
    bucket.put('b', upload);
    bucket.delete('b');
    await store.copyBucket('test', 'copy');
    const other = store.upload();
    other.append(patternedBytes(9_000_000));
    store.createDraft();
    const { result, problems } = await check(path);
    expect(problems).toEqual([]);
    expect(result).toMatchObject({ buckets: 2, keys: 2 });
    expect(result.uploads).toBeGreaterThanOrEqual(2);
    other.close();
    upload.close();
    await store.close();
    expect((await check(path)).problems).toEqual([]);
  });

  test('is held at one moment, whatever garbage is collected meanwhile', async () => {
    const path = join(temporaryFolder(), 'store');
    await makeVariedStore(path, 10);
    const held = await HeldFile.open(path);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    // lmdb lets its own reads go with the turn of the event loop.
    await setTimeout(1);
    collect();
    await setTimeout(1);
    const transactions = held.readers().map(({ transaction }) => transaction);
    expect(transactions).toContain(Number(held.meta.transaction));
    await held.close();
  });

  test('is OK beside a writer, each time', async () => {
    const path = join(temporaryFolder(), 'store');
    await makeVariedStore(path, KEYS);
    const store = (await openStore(path, 'write'))!;
    const keyvalue = createKeyvalue(store);
    const bucket = keyvalue.buckets.create('beside');
    let isDone = false;
    const writing = (async () => {
      for (let key = 0; !isDone; key++) {
        setValue(keyvalue, bucket, `key ${key % 500}`, patternedBytes((key * 7919) % 90_000));
        if (key % 3 === 0) keyvalue.eventual.delete(bucket, `key ${(key * 31) % 500}`);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    for (let time = 0; time < 5; time++) expect((await check(path)).problems).toEqual([]);
    isDone = true;
    await writing;
    await store.close();
  });
});

describe('damage is found, with its place:', () => {
  const test_ = { bucket: 'test' };
  const faults: Record<string, [(file: Anatomy) => unknown, object]> = {
    'keys out of order': [
      (file) => file.swapSlots(file.leafOf('key 500'), 3, 4),
      { ...test_, problem: 'its keys are out of order', key: expect.stringMatching(/^key /) },
    ],
    'a page that is used twice': [
      (file) => file.setChild(file.rootOf('test'), 2, file.childOf(file.rootOf('test'), 1)),
      { ...test_, problem: 'it is used twice' },
    ],
    'a branch that says less of what is below': [
      (file) => file.changeKey(file.rootOf('test'), 2, (key) => key.fill('z', 4)),
      { ...test_, problem: 'it holds keys that the branch above has elsewhere' },
    ],
    'a page of zeroes': [
      (file) => file.page(file.leafOf('key 500')).fill(0),
      {
        ...test_,
        page: expect.any(Number),
        problem: expect.stringContaining('not what it should be'),
      },
    ],
    'a page that is of a later transaction': [
      (file) => file.page(file.leafOf('key 500')).writeBigUInt64LE(999_999n, 8),
      { ...test_, problem: expect.stringContaining('not what it should be') },
    ],
    'pages of its own that are damaged': [
      (file) => file.overflowOf('test', 'of several pages').writeUInt16LE(2, 18),
      { ...test_, key: 'of several pages', problem: expect.stringContaining('not what it should') },
    ],
    'a wrong count of entries': [
      (file) => file.changeDescriptor('test', (descriptor) => (descriptor[32]! += 1)),
      { ...test_, problem: `it has ${KEYS - 20 + 2} entries, and says ${KEYS - 20 + 3}` },
    ],
    'a wrong count of pages': [
      (file) => file.changeDescriptor('other', (descriptor) => (descriptor[16]! += 1)),
      { bucket: 'other', problem: 'it has 1 leaf pages, and says 2' },
    ],
    'a page that is used, and free': [
      (file) => file.setFree(file.leafOf('key 500')),
      { page: expect.any(Number), problem: 'it is used, and free as well' },
    ],
    'a free page that is none of the file': [
      (file) => file.setFree(2 ** 20),
      { part: 'free pages', problem: `a list names page ${2 ** 20}, which is none of the file` },
    ],
    'a page that is neither used nor free': [
      (file) => file.setFree(0),
      { page: expect.any(Number), problem: expect.stringContaining('neither used nor free') },
    ],
    'a chunk that is missing': [
      (file) => file.changeKey(file.rootOf('chunks'), 0, (key) => key.writeUInt32BE(7, 8)),
      {
        ...test_,
        key: 'in chunks',
        problem: expect.stringMatching(/^chunk 0 of its value \d+ is missing/),
      },
    ],
    'a chunk of nobody': [
      (file) => file.changeKey(file.rootOf('chunks'), 0, (key) => (key[6]! += 1)),
      {
        part: 'chunks',
        problem: expect.stringMatching(/^value \d+ has chunks, and nobody holds it/),
      },
    ],
    'a wrong count of holders': [
      (file) => file.changeEntry('values', 0, (bytes) => (bytes[7] = 5)),
      {
        part: 'values',
        problem: expect.stringMatching(
          /^value \d+ says 5 for the number of its records, which is 1/,
        ),
      },
    ],
    'an entry of the index by time that is damaged': [
      (file) => (file.dataOf('expires', 0)[5]! += 1),
      { part: 'expires', problem: 'the checksum of an entry is not that of its bytes' },
    ],
    'a record that expires, and is not in the index': [
      (file) => file.changeEntry('expires', 0, (bytes) => (bytes[12]! += 1)),
      { ...test_, problem: 'it expires, and the index by time does not have it' },
    ],
    'an entry of the index whose record is not there': [
      (file) => file.changeEntry('expires', 0, (bytes) => (bytes[7]! += 50)),
      {
        part: 'expires',
        problem: expect.stringMatching(
          /^an entry is of version \d+ of "key 1991" in bucket\/51, which is not there$/,
        ),
      },
    ],
    'a name that leads to no tree': [
      (file) => file.changeNamed('name/other', (data) => (data[6]! += 1)),
      { bucket: 'other', problem: 'its name leads to no tree' },
    ],
    'a tree without a name': [
      (file) => file.changeNamed('name/other', (data) => (data[6]! += 1)),
      { part: 'main tree', problem: expect.stringContaining('there is a bucket without a name') },
    ],
    'a last number that is too small': [
      (file) => file.changeNamed('sequence', (data) => data.fill(0)),
      { ...test_, problem: expect.stringContaining('is after the last number given') },
    ],
    'its first page': [
      (file) => file.page(0).fill(0x55, 24, 28),
      { page: 0, problem: expect.any(String) },
    ],
    'its second page': [(file) => file.page(1).fill(0), { page: 1, problem: expect.any(String) }],
    'an end that is missing': [
      (file) => file.cutBefore(file.leafOf('key 1900')),
      { page: expect.any(Number), problem: 'it ends before its last page' },
    ],
  };

  test.each(Object.entries(faults))('%s', async (_, [change, problem]) => {
    expect(await problemsAfter(change)).toContainEqual(expect.objectContaining(problem));
  });
});

describe('damage of any kind', () => {
  /** What is changed of a page, or of several. */
  const damages = fc.oneof(
    fc.record({ kind: fc.constant('flip'), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({ kind: fc.constant('header'), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({ kind: fc.constant('zero'), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({ kind: fc.constant('ones'), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({ kind: fc.constant('cut'), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({ kind: fc.constant('copy'), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
  );

  test('ends in an answer, and never in anything else', async () => {
    const path = join(temporaryFolder(), 'copy');
    const sound = await healthyData();
    for (const { kind, at } of fc.sample(damages, 300)) {
      const data = Buffer.from(sound);
      const byte = Math.floor(at * (data.length - 1));
      const page = byte - (byte % PAGE_BYTES);
      if (kind === 'flip') data[byte]! ^= 1 << (byte % 7);
      if (kind === 'header') data[page + (byte % 64)]! ^= 0xff;
      if (kind === 'zero') data.fill(0, page, page + PAGE_BYTES);
      if (kind === 'ones') data.fill(0xff, page + (byte % 200), page + (byte % 200) + 8);
      if (kind === 'copy')
        data.copyWithin(page, byte % PAGE_BYTES, (byte % PAGE_BYTES) + PAGE_BYTES);
      writeFileSync(path, kind === 'cut' ? data.subarray(0, byte) : data);
      const answer = await check(path).catch((thrown: unknown) => thrown);
      if (answer instanceof Error) expect(answer).toBeInstanceOf(KvError);
    }
  });
});
