/** A store for one test: real, on the disk, in a folder of its own. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createKeyvalue, type Keyvalue } from '../../src/keyvalue/index.js';
import { openStore } from '../../src/store/lmdb/open-store.js';
import type { Mode, Store } from '../../src/store/store.js';
import { temporaryFolder } from './temporary-folder.js';

/**
 * A fresh store, closed and removed when the test has finished. `now` is the clock by which records
 * expire.
 */
export async function openTestStore(now?: () => number): Promise<Store> {
  return openStoreAt(join(temporaryFolder(), 'store'), 'write', now);
}

/** The interfaces, and the store that they are over. */
export interface OpenKeyvalue extends Keyvalue {
  readonly store: Store;
}

export function keyvalueOver(store: Store): OpenKeyvalue {
  return { ...createKeyvalue(store), store };
}

/** The interfaces over a fresh store. */
export async function openTestKeyvalue(now?: () => number): Promise<OpenKeyvalue> {
  return keyvalueOver(await openTestStore(now));
}

/** The store at a path, closed when the test has finished, unless the test has closed it. */
export async function openStoreAt(
  path: string,
  mode: Mode = 'write',
  now?: () => number,
): Promise<Store> {
  const store = await openStore(path, mode, undefined, now);
  if (store === undefined) throw new Error(`there is no store at ${path}`);
  let closing: Promise<void> | undefined;
  const close = store.close.bind(store);
  store.close = () => {
    closing ??= close();
    return closing;
  };
  onTestFinished(() => store.close());
  return store;
}
