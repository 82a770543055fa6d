/** Fills a new store with the contents of another, whose ids, versions and times are kept. */
import type { Db } from './database.js';
import type { Environment } from './environment.js';
import {
  bucketDatabase,
  encodeBucketEntry,
  encodeU64,
  nameKey,
  SEQUENCE_KEY,
  sealEntry,
} from './layout.js';

/** Bytes and entries written in one transaction. */
const BATCH_BYTES = 16 * 1024 * 1024;
const BATCH_ENTRIES = 50_000;

/** The last number that the other store has issued. */
export function keepSequence(environment: Environment, sequence: number): void {
  environment.writes.transactionSync(() => {
    putMain(environment, SEQUENCE_KEY, encodeU64(sequence));
  });
}

export function keepBucket(
  environment: Environment,
  { id, name, created }: { readonly id: number; readonly name: string; readonly created: number },
): void {
  environment.writes.transactionSync(() => {
    environment.databases.create(bucketDatabase(id));
    putMain(environment, nameKey(name), encodeBucketEntry({ id, created }));
  });
}

/**
 * Writes entries to a database with `put`, which returns their bytes, many in a transaction. Yields
 * the number written.
 */
export function* keepEntries<Entry>(
  environment: Environment,
  name: string,
  entries: Iterable<Entry>,
  put: (db: Db, entry: Entry) => number,
): Generator<number> {
  const iterator = entries[Symbol.iterator]();
  for (let isDone = false; !isDone; ) {
    let count = 0;
    environment.writes.transactionSync(() => {
      const db = environment.databases.get(name);
      for (let bytes = 0; bytes < BATCH_BYTES && count < BATCH_ENTRIES; count++) {
        const next = iterator.next();
        if (next.done) isDone = true;
        if (next.done) break;
        bytes += put(db, next.value);
      }
    });
    yield count;
  }
}

function putMain({ main }: Environment, key: Buffer, bytes: Buffer): void {
  main.putSync(key, sealEntry(main.seed, key, bytes));
}
