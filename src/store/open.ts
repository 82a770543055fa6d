/** Opening a store by what its name says: a path, or the address of a store elsewhere. */
import { KvError } from '../errors.js';
import type { Patience } from './patience.js';
import type { Mode, Store } from './store.js';

/** What begins the address of something that is not a folder. */
const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;

/**
 * The store of that name. Where there is none: undefined; to `write` it is made. Throws
 * `not-supported` for a scheme that is not known, `not-a-store`, `unknown-format`, `damaged`, `io`,
 * `full`, `busy`.
 */
export async function openStore(
  name: string,
  mode: Mode,
  patience?: Patience,
): Promise<Store | undefined> {
  const scheme = SCHEME.exec(name)?.[1]?.toLowerCase();
  if (scheme !== undefined) {
    // The rest of the address may hold a password.
    const state = 'a store is a folder, named by its path';
    throw new KvError('not-supported', `cannot open a store at "${scheme}://…": ${state}`, {
      hint: `try: --store PATH, or --store ./${scheme}:… for a folder of that name`,
    });
  }
  const lmdb = await import('./lmdb/open-store.js');
  return lmdb.openStore(name, mode, patience);
}
