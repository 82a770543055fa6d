/**
 * The corners of lmdb that it does not document. Each test fails where lmdb no longer does what is
 * built on, or where what is built is no longer there.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as lmdb from 'lmdb';
import { Encoder } from 'msgpackr';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type Db,
  KeySpan,
  type ReadTransaction,
  type RootDb,
  statsOf,
} from '../../src/store/lmdb/database.js';
import {
  besideWrites,
  forgetReads,
  isBegunFromNewest,
  lastPageOf,
  lastTransactionOf,
  openTransaction,
  Renewal,
  statsInTransaction,
  takingSpans,
  transactionUnderWay,
  valueSpanOver,
} from '../../src/store/lmdb/lmdb-internals.js';
import { program } from '../support/child-program.js';
import { openStoreAt } from '../support/open-test-store.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { put, textOf } from './conformance/subject.js';

const loaded = program(import.meta.url, 'tell-what-is-loaded');

const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;
const key = Buffer.from('key');

/** An environment of LMDB's that is no store. */
function opened(): RootDb {
  const main = lmdb.open<Buffer, Buffer>(
    join(temporaryFolder(), 'lmdb'),
    binary as never,
  ) as RootDb;
  onTestFinished(() => main.close());
  main.putSync(key, Buffer.from('1'));
  return main;
}

const textIn = (main: Db, snapshot?: ReadTransaction) =>
  main.getBinary(key, ...(snapshot ? [{ transaction: snapshot }] : []))?.toString();

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

describe('what the tests load is what ships', () => {
  test('lmdb has the mended native part, and no encoder', () => {
    expect(Object.hasOwn(nativeAddonOf(lmdb), 'Env')).toBe(true);
    expect(Object.getPrototypeOf(nativeAddonOf(lmdb))).not.toBe(Object.prototype);
    expect(() => new Encoder()).toThrow('every database of a store is binary');
  });

  test('in the programs that tests start as well', async () => {
    expect(await loaded().message()).toEqual({ isMended: true, hasEncoder: false });
  });
});

describe('lmdb', () => {
  test('the numbers of a database in a transaction are those of getStats()', () => {
    const db = opened().openDB('named', binary as never) as unknown as Db;
    const counts = () => {
      const { entryCount, overflowPages } = statsInTransaction(db);
      return { entryCount, overflowPages };
    };
    db.transactionSync(() => {
      db.putSync(key, Buffer.alloc(10_000));
      expect(counts()).toEqual({ entryCount: 1, overflowPages: 3 });
      expect(statsOf(db)).toMatchObject(counts());
    });
  });

  test('a read after renew() sees the newest state, and the timers of many are one', () => {
    const main = opened();
    const renewal = new Renewal();
    renewal.renew(main);
    expect(textIn(main)).toBe('1');
    const before = timers();
    for (let round = 0; round < 300; round++) {
      main.putSync(key, Buffer.from(`${round}`));
      renewal.renew(main);
      expect(textIn(main)).toBe(`${round}`);
    }
    expect(timers() - before).toBeLessThan(10);
  });

  test('an open transaction is committed, or undone, by a call', () => {
    const main = opened();
    const before = lastTransactionOf(main);
    expect(openTransaction(main, () => false)).toBe(undefined);
    for (const [value, end, stored] of [
      ['2', 'commit', '2'],
      ['3', 'abort', '2'],
      ['4', 'commit', '4'],
    ] as const) {
      const open = openTransaction(main, () => true)!;
      main.putSync(key, Buffer.from(value));
      main.transactionSync(() => void main.putSync(Buffer.from('nested'), Buffer.from(value)));
      expect(textIn(main)).toBe(value);
      open[end]();
      expect(textIn(main)).toBe(stored);
      expect(main.getBinary(Buffer.from('nested'))!.toString()).toBe(stored);
    }
    expect(lastTransactionOf(main)).toBe(before + 2);
  });

  test('a read in a snapshot does not see the write transaction around it', () => {
    const main = opened();
    const snapshot = main.useReadTransaction() as ReadTransaction;
    main.transactionSync(() => {
      main.putSync(key, Buffer.from('2'));
      // Which is why: the transaction is preferred.
      expect(textIn(main, snapshot)).toBe('2');
      const inSnapshot = besideWrites(main, () => textIn(main, snapshot));
      expect(inSnapshot).toBe('1');
      expect(textIn(main)).toBe('2');
    });
    snapshot.done();
  });

  test('a snapshot outlives the opening of a database', () => {
    const main = opened();
    const snapshot = main.useReadTransaction() as ReadTransaction;
    forgetReads(main);
    main.openDB('other', binary as never);
    main.putSync(key, Buffer.from('2'));
    expect(besideWrites(main, () => textIn(main, snapshot))).toBe('1');
    snapshot.done();
  });

  test('a key and a value are taken from where they lie', () => {
    const main = takingSpans(opened());
    // Not at the beginning of its memory.
    const bytes = Buffer.from('-one-two-three-four-').subarray(1);
    const [span, value] = [new KeySpan(bytes, 4, 7), valueSpanOver(bytes)];
    const take = (start: number, end: number) => {
      value.start = bytes.byteOffset + start;
      value.end = bytes.byteOffset + end;
      return value;
    };
    main.transactionSync(() => {
      expect(main.putSync(span, take(8, 13), { noOverwrite: true })).toBe(true);
      expect(main.putSync(span, take(0, 3), { noOverwrite: true })).toBe(false);
      span.start = 0;
      span.end = 3;
      main.putSync(span, take(14, 18));
      expect(main.getBinaryFast(span)?.toString('latin1', 0, 4)).toBe('four');
    });
    expect(main.getBinary(Buffer.from('two'))?.toString()).toBe('three');
    expect(main.getBinary(Buffer.from('one'))?.toString()).toBe('four');
    expect([...main.getKeys({})].map(String)).toEqual(['key', 'one', 'two']);
  });

  test('a write transaction has the number after the last one', () => {
    const main = opened();
    const before = lastTransactionOf(main);
    main.transactionSync(() => {
      expect(transactionUnderWay(main)).toBe(before + 1);
      expect(isBegunFromNewest(main)).toBe(true);
      main.putSync(key, Buffer.from('2'));
    });
    expect(lastTransactionOf(main)).toBe(before + 1);
    expect(lastPageOf(main)).toBe(statsOf(main).lastPageNumber);
  });

  test('a transaction that was begun from an old state is begun again', async () => {
    const path = join(temporaryFolder(), 'store');
    const store = await openStoreAt(path);
    const bucket = store.createBucket('test');
    for (const name of ['a', 'b', 'c']) put(store, bucket, name, name);
    setLastTransactionBack(join(path, 'lock.mdb'));
    put(store, bucket, 'd', 'd');
    expect(['a', 'b', 'c', 'd'].map((name) => textOf(bucket, name))).toEqual(['a', 'b', 'c', 'd']);
  });
});

function nativeAddonOf(module: object): object {
  return (module as { nativeAddon: object }).nativeAddon;
}

/** As lmdb does it where another process commits while it opens the store. */
function setLastTransactionBack(lockFile: string): void {
  const file = openSync(lockFile, 'r+');
  const number = Buffer.alloc(8);
  readSync(file, number, 0, 8, 8);
  number.writeBigUInt64LE(number.readBigUInt64LE() - 1n);
  writeSync(file, number, 0, 8, 8);
  // It stays open: closing it would give up the locks that this process holds on the file.
  onTestFinished(() => closeSync(file));
}
