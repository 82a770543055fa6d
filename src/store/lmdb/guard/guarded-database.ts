/** A database whose pages are checked before lmdb uses them: see path-guard.ts. */
import type { RangeOptions } from 'lmdb';
import { type Db, KeySpan } from '../database.js';
import type { GuardedRange, PathGuard } from './path-guard.js';

/**
 * Makes lmdb's object check before each use; returns the same object. `getBinary` uses
 * `getBinaryFast`.
 */
export function guarded<T extends Db>(db: T, guard: PathGuard): T {
  // The main one has none.
  const name = db.name ?? '';
  const own = db as Db;
  const { getBinaryFast, getKeys, putSync, removeSync, dropSync, clearSync } = own;
  const check = (key: Buffer | KeySpan) => {
    if (key instanceof KeySpan) guard.check(name, key.bytes, key.start, key.end);
    else guard.check(name, key);
  };
  own.getBinaryFast = (key, options) => {
    check(key);
    return getBinaryFast.call(db, key, options);
  };
  own.putSync = (key, value, options) => {
    check(key);
    return putSync.call(db, key, value, options);
  };
  own.removeSync = (key: Buffer) => {
    guard.checkRemoval(name, key);
    return (removeSync as (key: Buffer) => boolean).call(db, key);
  };
  own.getKeys = (range: RangeOptions = {}) => {
    guard.checkRange(name, range as GuardedRange);
    return getKeys.call(db, range);
  };
  own.dropSync = () => {
    guard.checkAll(name);
    return dropSync.call(db);
  };
  own.clearSync = () => {
    guard.checkAll(name);
    return clearSync.call(db);
  };
  return db;
}
