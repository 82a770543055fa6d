/**
 * The corners of lmdb that it does not document. Each test fails where lmdb no longer does what is
 * built on, or where what is built is no longer there.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as lmdb from 'lmdb';
import { Encoder } from 'msgpackr';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Db, ReadTransaction, RootDb } from '../../src/store/lmdb/database.js';
import {
  besideWrites,
  commitErrorOf,
  forgetReads,
  isBegunFromNewest,
  lastTransactionOf,
  Renewal,
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

  test('a write transaction has the number after the last one', () => {
    const main = opened();
    const before = lastTransactionOf(main);
    main.transactionSync(() => {
      expect(main.getWriteTxnId()).toBe(before + 1);
      expect(isBegunFromNewest(main)).toBe(true);
      main.putSync(key, Buffer.from('2'));
    });
    expect(lastTransactionOf(main)).toBe(before + 1);
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

  test('a commit in the background that fails says why', async () => {
    const reason = new Error('no space is left');
    const commitError = Promise.reject(reason);
    expect(await commitErrorOf(Object.assign(new Error('commit failed'), { commitError }))).toBe(
      reason,
    );
    const other = new Error('another');
    expect(await commitErrorOf(other)).toBe(other);
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
