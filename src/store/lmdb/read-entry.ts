/** Reads entries of a store's own databases, and checks their checksums. */
import { KvError } from '../../errors.js';
import type { Db } from './database.js';
import type { Environment } from './environment.js';
import { openEntry } from './layout.js';

/** The bytes of an entry; undefined if there is none. Throws `damaged` for a wrong checksum. */
export function readEntry(environment: Environment, db: Db, key: Buffer): Buffer | undefined {
  const entry = environment.reads.getCopy(db, key);
  if (entry === undefined) return undefined;
  const bytes = openEntry(db.seed, key, entry);
  if (bytes) return bytes;
  const name = db === environment.main ? key.toString() : `${db.name}/${key.toString('hex')}`;
  const state = `damaged: the checksum of "${name}" is not that of its bytes`;
  throw new KvError('damaged', `cannot read store "${environment.path}": ${state}`);
}
