/** Restores a backup of records into a folder: versions and times stay, ids are new. */
import type { BackupInput } from '../../backup/backup-input.js';
import { readRecords } from '../../backup/read-records.js';
import type { ContentSink, KeptRecord, LongRecord } from '../../backup/store-contents.js';
import type { BackupInfo } from '../../maintenance.js';
import type { Milliseconds, Stamp } from '../../record.js';
import type { WorkOptions } from '../../store.js';
import { seedOf } from '../checksum.js';
import { Environment } from '../environment.js';
import { ExpiryIndex } from '../expiry-index.js';
import { keepBucket, keepSequence } from '../kept-contents.js';
import { bucketDatabase, CHUNK_SIZE_BYTES, chunkKey, encodeU64, sealEntry } from '../layout.js';
import { openStore } from '../open-store.js';
import { encodeChunked, encodeInline, keyPlace } from '../record-layout.js';

/** Bytes written in one transaction. */
const BATCH_BYTES = 16 * 1024 * 1024;

/**
 * Makes a store in an empty folder. `path` is where it is to appear. Rejects with `rejected` for damage, `full`, `io`,
 * the signal's reason.
 */
export async function restoreRecords(
  path: string,
  making: string,
  input: BackupInput,
  options: WorkOptions,
): Promise<BackupInfo> {
  await (await openStore(making, 'write'))!.close();
  const environment = new Environment(making, false, { madeFor: path });
  try {
    const sink = new FolderSink(environment);
    const info = await readRecords(input, sink, options);
    sink.end();
    return info;
  } finally {
    await environment.close();
  }
}

/** An entry of one of the trees; that of an expiring record is found by its time as well. */
interface Entry {
  readonly tree: string;
  readonly key: Buffer;
  readonly data: Buffer;
  readonly stamp?: Stamp;
}

/** A bucket of the new store. */
interface Target {
  readonly id: number;
  readonly tree: string;
}

/** A record whose value is coming, and the bytes of it that fill no chunk yet. */
interface Coming {
  readonly record: LongRecord;
  readonly valueId: number;
  chunks: number;
  rest: Buffer;
}

class FolderSink implements ContentSink {
  readonly #environment: Environment;
  readonly #expiry: ExpiryIndex;
  #bucket: Target | undefined;
  #coming: Coming | undefined;
  /** What the next transaction writes. */
  #entries: Entry[] = [];
  #bytes = 0;
  /** The times and versions of the expiring records among them. */
  readonly #waiting = new Set<string>();
  /** Ids of buckets and values. */
  #lastId = 0;
  #lastVersion = 0;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.#expiry = new ExpiryIndex(environment);
  }

  begin(name: string, created: Milliseconds): void {
    this.#flush();
    const id = ++this.#lastId;
    keepBucket(this.#environment, { id, name, created });
    this.#bucket = { id, tree: bucketDatabase(id) };
  }

  put({ key, value, ...stamp }: KeptRecord): void {
    this.#addRecord(Buffer.from(key), stamp, (place, unique) => encodeInline(place, unique, value));
  }

  putLong(record: LongRecord): void {
    this.#coming = { record, valueId: ++this.#lastId, chunks: 0, rest: Buffer.alloc(0) };
  }

  append(bytes: Buffer): void {
    const coming = this.#coming!;
    const { record, valueId } = coming;
    coming.rest = Buffer.concat([coming.rest, bytes]);
    const isWhole = coming.chunks * CHUNK_SIZE_BYTES + coming.rest.length === record.size;
    while (coming.rest.length >= (isWhole ? 1 : CHUNK_SIZE_BYTES)) {
      const data = coming.rest.subarray(0, CHUNK_SIZE_BYTES);
      this.#add({ tree: 'chunks', key: chunkKey(valueId, coming.chunks++, data), data });
      coming.rest = coming.rest.subarray(data.length);
    }
    if (!isWhole) return;
    const holders = encodeU64(valueId);
    const data = sealEntry(seedOf('values'), holders, encodeU64(1));
    this.#add({ tree: 'values', key: holders, data });
    const { key, size, ...stamp } = record;
    this.#addRecord(key, stamp, (place, unique) =>
      encodeChunked(place, unique, { valueId, size, chunkSize: CHUNK_SIZE_BYTES }),
    );
  }

  /** Writes the rest. */
  end(): void {
    this.#flush();
    keepSequence(this.#environment, Math.max(this.#lastId, this.#lastVersion));
  }

  #addRecord(
    key: Buffer,
    stamp: Stamp,
    encode: (place: ReturnType<typeof keyPlace>, stamp: Stamp) => Buffer,
  ): void {
    const unique = this.#unique(stamp);
    this.#lastVersion = Math.max(this.#lastVersion, unique.version);
    const { tree } = this.#bucket!;
    const data = encode(keyPlace(seedOf(tree), key), unique);
    this.#add({ tree, key, data, stamp: unique });
  }

  /**
   * Two records that expire at one time have different versions in a folder, which finds them by both. Elsewhere,
   * two buckets or parts of one may have given the same: then the later one gets the next that is free.
   */
  #unique({ version, modified, expires }: Stamp): Stamp {
    let free = version;
    if (expires !== undefined) {
      while (this.#waiting.has(`${expires} ${free}`) || this.#expiry.has(expires, free)) free++;
      this.#waiting.add(`${expires} ${free}`);
    }
    return { version: free, modified, expires };
  }

  #add(entry: Entry): void {
    this.#entries.push(entry);
    this.#bytes += entry.key.length + entry.data.length;
    if (this.#bytes >= BATCH_BYTES) this.#flush();
  }

  #flush(): void {
    const { databases, writes } = this.#environment;
    this.#environment.willWrite(this.#bytes);
    writes.transactionSync(() => {
      for (const { tree, key, data, stamp } of this.#entries) {
        databases.get(tree).putSync(key, data);
        if (stamp) this.#expiry.add(stamp, this.#bucket!.id, key);
      }
    });
    this.#environment.refresh();
    this.#entries = [];
    this.#waiting.clear();
    this.#bytes = 0;
  }
}
