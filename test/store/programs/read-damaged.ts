/**
 * Uses each damaged store of a list in every way, and tells what it got that is not what the sound one holds:
 * checks, salvages and reads it, then sets and deletes some keys and reads it again. It may die of any of them.
 */
import { readFileSync, rmSync } from 'node:fs';
import { KvError } from '../../../src/errors.js';
import { checkOf } from '../../../src/store/lmdb/check/check-store.js';
import { openStore } from '../../../src/store/lmdb/open-store.js';
import { salvage } from '../../../src/store/lmdb/salvage/salvage-store.js';
import type { StoredRecords, StoredValue } from '../../../src/store/record.js';
import type { Store, StoreBucket } from '../../../src/store/store.js';
import { leave, say } from './program.js';

type Content = Map<string, string>;

let expected = new Map<string, Content>();
/** How many bytes each bucket takes. */
let sizes = new Map<string, number>();
/** Keys that have been set or deleted in the copy. */
const changed = new Set<string>();
/** As `expected`, with each record's version and times. */
let expectedRecords = new Map<string, Content>();

/** What came of the reads. */
class Told {
  readonly wrong: string[] = [];
  refusals = 0;
  /** Damage that only a check has found. */
  unnoticed = 0;

  refused(error: unknown): void {
    this.refusals++;
    const isKnown = error instanceof KvError && error.exitCode === 6;
    if (!isKnown) this.wrong.push(String(error));
  }

  /** What fails in the way of a damaged store is a refusal. */
  async survive(work: () => unknown): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.refused(error);
    }
  }

  /** What a way of reading gives must be what is expected, or an error. */
  expect(what: string, expected: unknown, read: () => unknown): void {
    try {
      const got = read();
      if (JSON.stringify(got) !== JSON.stringify(expected)) {
        this.wrong.push(`${what}: ${JSON.stringify(got)?.slice(0, 60)}`);
      }
    } catch (error) {
      this.refused(error);
    }
  }
}

async function useStore(copy: Damaged, told: Told): Promise<void> {
  const { path } = copy;
  const found: unknown[] = [];
  await told.survive(() =>
    checkOf(path).run({ found: async (problem) => void found.push(problem) }),
  );
  await told.survive(() => expectSalvaged(copy, told));
  await told.survive(() => readStore(path, told));
  const hadRefused = told.refusals;
  await told.survive(() => writeStore(path, told));
  await told.survive(() => readStore(path, told));
  // What has been read and refused nowhere is what was written, and then a check may say so.
  if (hadRefused === 0 && found.length > 0) told.unnoticed++;
}

/**
 * What is salvaged is each record as it was last written, all of them but for what is lost, as `bucket key`. One that
 * was deleted or overwritten may come back only where `mayReturn` says so.
 */
async function expectSalvaged({ path, lost, mayReturn }: Damaged, told: Told): Promise<void> {
  const rescued = `${path}-rescued`;
  const isLost = new Set(lost);
  await salvage(path, rescued, { found: async () => {} });
  const store = (await openStore(rescued, 'read'))!;
  const names = store.bucketNames('');
  const brought = new Map(names.map((name) => [name, recordsOf(store.bucket(name)!)] as const));
  for (const [name, content] of brought) {
    // A bucket whose name is lost is brought under another.
    const sources = expectedRecords.has(name)
      ? [expectedRecords.get(name)!]
      : [...expectedRecords.values()];
    for (const [key, record] of content) {
      const isRight = sources.some((source) => source.get(key) === record);
      const mayBeOlder = sources.some((source) => !source.has(key)) || isLost.has(`${name} ${key}`);
      if (!isRight && !(mayReturn && mayBeOlder)) {
        told.wrong.push(`salvaged ${name} ${key}: ${record.slice(0, 60)}`);
      }
    }
  }
  for (const [name, content] of expectedRecords) {
    const isThere = (key: string) =>
      [...brought].some(([other, there]) => {
        const isOfIt = other === name || !expectedRecords.has(other);
        return isOfIt && there.get(key) === content.get(key);
      });
    const missing = [...content.keys()].filter(
      (key) => !isLost.has(`${name} ${key}`) && !isThere(key),
    );
    if (missing.length > 0) told.wrong.push(`not salvaged: ${missing.length}, as ${missing[0]}`);
  }
  await store.close();
  rmSync(rescued, { recursive: true });
}

/** Changes some keys; what is expected is what they then hold, if that was not refused. */
async function writeStore(path: string, told: Told): Promise<void> {
  const store = (await openStore(path, 'write'))!;
  try {
    for (const [name, content] of expected) {
      const keys = [...content.keys()];
      for (const [key, bytes] of [
        [keys[0]!, 'small'],
        [keys[Math.floor(keys.length / 2)]!, 'x'.repeat(5000)],
        [`new in ${name}`, 'y'.repeat(70_000)],
      ] as const) {
        await told.survive(() => {
          const upload = store.upload();
          upload.append(Buffer.from(bytes));
          store.bucket(name)!.put(key, upload);
          upload.close();
        });
        changed.add(key);
      }
      for (const key of keys.slice(-3)) {
        await told.survive(() => void store.bucket(name)!.delete(key));
        changed.add(key);
      }
    }
    await told.survive(() => void store.ensureBucket('fresh').increment('n', 1n));
    await told.survive(() => store.deleteBucket('fresh'));
  } finally {
    await store.close();
  }
}

async function readStore(path: string, told: Told): Promise<void> {
  for (const mode of ['read', 'change'] as const) {
    const store = (await openStore(path, mode))!;
    try {
      readBuckets(store, told);
      if (mode === 'change') await store.transaction(async () => readBuckets(store, told));
    } finally {
      await store.close();
    }
  }
}

function readBuckets(store: Store, told: Told): void {
  told.expect('names', [...expected.keys()], () =>
    store.bucketNames('').filter((name) => name !== 'fresh'),
  );
  for (const [name, content] of expected) {
    if (changed.size === 0) {
      const size = { keys: content.size, bytes: sizes.get(name) };
      told.expect(`size of ${name}`, size, () => {
        const { keys, bytes } = store.bucketInfo(name);
        return { keys, bytes };
      });
    }
    told.expect(`bucket ${name}`, true, () => {
      const bucket = store.bucket(name);
      if (bucket) readBucket(bucket, content, told);
      return bucket !== undefined;
    });
  }
}

function readBucket(bucket: StoreBucket, content: Content, told: Told): void {
  const keys = [...content.keys()];
  if (changed.size > 0) {
    readUnchanged(bucket, content, told);
    return;
  }
  for (const key of keys.filter((_, index) => index % 9 === 0)) {
    told.expect(`get ${key}`, content.get(key), () => textOf(bucket.get(key)));
    told.expect(`stat ${key}`, true, () => bucket.stat(key) !== undefined);
    told.expect(`absent ${key}`, undefined, () => textOf(bucket.get(`${key}x`)));
  }
  told.expect('count', keys.length, () => bucket.count());
  told.expect('list', keys, () => listed(bucket, {}));
  told.expect('list down', [...keys].reverse(), () => listed(bucket, { reverse: true }));
  told.expect('values', [...content], () => [...contentOf(bucket)]);
  const lower = Buffer.from('key 2');
  const upper = Buffer.from('key 4');
  const inRange = keys.filter(
    (key) =>
      Buffer.compare(Buffer.from(key), lower) >= 0 && Buffer.compare(Buffer.from(key), upper) < 0,
  );
  told.expect('range', inRange, () => listed(bucket, { lower, upper }));
  told.expect('range down', [...inRange].reverse(), () =>
    listed(bucket, { lower, upper, reverse: true }),
  );
}

/** After writes: what was not written is as it was, in every way of reading. */
function readUnchanged(bucket: StoreBucket, content: Content, told: Told): void {
  const unchanged = [...content].filter(([key]) => !changed.has(key));
  for (const [key, value] of unchanged.filter((_, index) => index % 7 === 0)) {
    told.expect(`get ${key} after writes`, value, () => textOf(bucket.get(key)));
  }
  told.expect('values after writes', unchanged, () =>
    [...contentOf(bucket)].filter(([key]) => !changed.has(key)),
  );
}

function listed(bucket: StoreBucket, range: Parameters<StoreBucket['records']>[0]): string[] {
  const keys: string[] = [];
  for (const records of bucket.records(range)) keys.push(...keysOf(records));
  return keys;
}

function keysOf(records: StoredRecords): string[] {
  return Array.from({ length: records.count }, (_, position) => records.key(position));
}

function contentOf(bucket: StoreBucket): Content {
  const content: Content = new Map();
  for (const records of bucket.records({})) {
    for (let at = 0; at < records.count; at++) {
      const start = records.places[4 * at + 2]!;
      const value =
        start < 0
          ? textOf(records.value(at))
          : records.bytes.toString('base64', start, records.places[4 * at + 3]);
      content.set(records.key(at), value!);
    }
  }
  return content;
}

/** The same with the version and the times of each record. */
function recordsOf(bucket: StoreBucket): Content {
  const content = contentOf(bucket);
  for (const records of bucket.records({})) {
    for (let at = 0; at < records.count; at++) {
      const { key, version, modified, expires } = records.entry(at)!;
      content.set(key, `${version} ${modified} ${expires} ${content.get(key)}`);
    }
  }
  return content;
}

function textOf(value: StoredValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  try {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < value.size; at += pieces.at(-1)!.length) {
      pieces.push(value.read(at, value.size - at));
    }
    return Buffer.concat(pieces).toString('base64');
  } finally {
    value.close();
  }
}

interface Damaged {
  readonly path: string;
  readonly lost: readonly string[];
  readonly mayReturn: boolean;
}

const [list, start] = process.argv.slice(2) as [string, string];
const { sound: soundPath, damaged }: { sound: string; damaged: Damaged[] } = JSON.parse(
  readFileSync(list, 'utf8'),
);
const sound = (await openStore(soundPath, 'read'))!;
expected = new Map(
  sound.bucketNames('').map((name) => [name, contentOf(sound.bucket(name)!)] as const),
);
expectedRecords = new Map(
  sound.bucketNames('').map((name) => [name, recordsOf(sound.bucket(name)!)] as const),
);
sizes = new Map(sound.buckets().map(({ name, bytes }) => [name, bytes]));
await sound.close();
for (const copy of damaged.slice(Number(start))) {
  await say('begin');
  const told = new Told();
  changed.clear();
  await useStore(copy, told);
  const { wrong, refusals, unnoticed } = told;
  await say({ wrong, refusals, unnoticed });
}
leave();
