/** A store on a Redis server or a Redis Cluster. Its layout is in `layout.ts`. */
import { KvError } from '../../errors.js';
import type { Milliseconds } from '../record.js';
import type {
  BucketInfo,
  Capability,
  Collected,
  Fact,
  Store,
  StoreBucket,
  WorkOptions,
} from '../store.js';
import { inTurns } from '../turns.js';
import type { Bridge } from './bridge.js';
import type { BulkWrites } from './bulk-writes.js';
import { Catalogue } from './catalogue.js';
import type { Entry } from './catalogue-entry.js';
import { purged, swept } from './deletions.js';
import { DEAD } from './layout.js';
import { RedisBucket } from './redis-bucket.js';
import { RedisUpload } from './redis-upload.js';
import { everyShard, ShardCalls } from './shard-calls.js';

/** The prefix of a draft's name. */
const DRAFT_PREFIX = '\x01';

export interface RedisStoreOptions {
  /** The prefix of each key's name; absent: that of the address. */
  readonly prefix?: string;
  readonly isReadOnly?: boolean;
  /** The clock for expiry; absent: the servers' clock. */
  readonly now?: (() => Milliseconds) | undefined;
}

export class RedisStore implements Store {
  readonly path: string;
  readonly supports: ReadonlySet<Capability> = new Set(['drafts']);
  readonly inTransaction = false;
  readonly catalogue: Catalogue;
  readonly #bridge: Bridge;
  readonly #calls: ShardCalls;
  #uploads = 0;

  constructor(
    bridge: Bridge,
    { prefix = bridge.address.prefix, isReadOnly = false, now }: RedisStoreOptions = {},
  ) {
    this.path = bridge.address.text;
    this.#bridge = bridge;
    this.catalogue = new Catalogue(bridge, prefix);
    this.#calls = new ShardCalls(bridge, this.catalogue, isReadOnly, now);
  }

  bucket(name: string): StoreBucket | undefined {
    return this.catalogue.find(name) && this.#bucket(name);
  }

  buckets(): BucketInfo[] {
    return this.#entries('list buckets').map(([name, entry]) => this.#infoOf(name, entry));
  }

  bucketInfo(name: string): BucketInfo {
    return this.#infoOf(name, this.catalogue.entry(name));
  }

  bucketNames(prefix: string): string[] {
    return this.#entries('list buckets')
      .map(([name]) => name)
      .filter((name) => name.startsWith(prefix));
  }

  createBucket(name: string): StoreBucket {
    const action = `create bucket "${name}"`;
    this.#calls.mayWrite(action);
    if (this.catalogue.ensure(name).wasThere) {
      throw new KvError('bucket-exists', `cannot ${action}: there is a bucket "${name}" already`);
    }
    return this.#bucket(name);
  }

  ensureBucket(name: string): StoreBucket {
    if (this.catalogue.find(name) === undefined) {
      this.#calls.mayWrite(`create bucket "${name}"`);
      this.catalogue.ensure(name);
    }
    return this.#bucket(name);
  }

  /** In one step; its records are deleted after that. */
  async deleteBucket(name: string, options: WorkOptions = {}): Promise<void> {
    this.#mayChange(name, `delete bucket "${name}"`, options);
    await this.#delete(this.catalogue.drop(name), options);
  }

  renameBucket(name: string, to: string): void {
    const action = `rename bucket "${name}"`;
    this.#calls.mayWrite(action);
    const entry = this.catalogue.rename(name, to);
    this.#calls.callEntry(entry, action, everyShard(entry, 'fence', []));
  }

  /**
   * The copy appears when it is complete. It is not a snapshot: concurrent writes may be in it or
   * not.
   */
  async copyBucket(name: string, to: string, options: WorkOptions = {}): Promise<void> {
    const action = `copy bucket "${name}"`;
    this.#mayChange(name, action, options);
    if (this.catalogue.find(to)) {
      throw new KvError('bucket-exists', `cannot ${action}: there is a bucket "${to}" already`);
    }
    const draft = this.createDraft();
    try {
      const source = this.#bucket(name);
      const bucket = this.#bucket(draft);
      await inTurns(source.copyInto(bucket), options);
      this.catalogue.publish(draft, to, false, action);
    } catch (error) {
      if (this.catalogue.find(draft)) await this.discardDraft(draft);
      throw error;
    }
  }

  /** An empty bucket replaces it, in one step. */
  async clearBucket(name: string, options: WorkOptions = {}): Promise<void> {
    this.#mayChange(name, `clear bucket "${name}"`, options);
    await this.#delete(this.catalogue.clear(name), options);
  }

  createDraft(): string {
    this.#calls.mayWrite('create a bucket');
    return this.catalogue.draft(this.#bridge.address.shards);
  }

  async publishDraft(draft: string, name: string, options: WorkOptions = {}): Promise<void> {
    options.signal?.throwIfAborted();
    const old = this.catalogue.publish(draft, name, true, `replace bucket "${name}"`);
    if (old) await this.#delete(old, options);
  }

  async discardDraft(draft: string): Promise<void> {
    await this.#delete(this.catalogue.forgetDraft(draft));
  }

  /** A bucket whose records are written with the versions and times that they had. */
  restoring(draft: string): BulkWrites {
    return this.#bucket(draft).restoring();
  }

  upload(): RedisUpload {
    return this.#upload();
  }

  async transaction(): Promise<never> {
    throw this.#without('transactions', 'change several keys in one step');
  }

  async group(): Promise<never> {
    throw this.#without('transactions', 'change several keys in one step');
  }

  shareWrites(): never {
    throw this.#without('transactions', 'share a transaction between writes');
  }

  watch(bucket: string): never {
    throw this.#without('watch', `watch bucket "${bucket}"`);
  }

  async writersDone(): Promise<void> {}

  /** Abandoned uploads expire by themselves. */
  async collectGarbage(options: WorkOptions = {}): Promise<Collected> {
    this.#calls.mayWrite('collect garbage');
    options.signal?.throwIfAborted();
    for (const [id, shards] of this.catalogue.buried()) {
      await this.#delete({ id, shards, rev: DEAD, created: 0 }, options);
    }
    let expired = 0;
    for (const [, entry] of this.#entries('collect garbage')) {
      expired += await inTurns(swept(this.#calls, entry), options);
    }
    return { expired, uploads: 0, damaged: [] };
  }

  info(): Fact[] {
    const buckets = this.buckets();
    return [
      { name: 'path', value: this.path },
      { name: 'buckets', value: buckets.length },
      { name: 'keys', value: buckets.reduce((sum, { keys }) => sum + keys, 0) },
    ];
  }

  async close(): Promise<void> {
    await this.#bridge.close();
  }

  #without(capability: Capability, action: string): KvError {
    const state = `store "${this.path}" does not support ${capability}`;
    return new KvError('not-supported', `cannot ${action}: ${state}`);
  }

  #bucket(name: string): RedisBucket {
    return new RedisBucket(this.#calls, name, () => this.#upload());
  }

  #upload(): RedisUpload {
    return new RedisUpload(this.#bridge, this.catalogue, ++this.#uploads);
  }

  #entries(action: string): [name: string, entry: Entry][] {
    return this.catalogue
      .entries(action)
      .filter(([name]) => !name.startsWith(DRAFT_PREFIX))
      .sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  }

  #infoOf(name: string, entry: Entry): BucketInfo {
    const answer = this.#calls.call(name, `describe bucket "${name}"`, (found) =>
      everyShard(found, 'count', []),
    );
    const sum = (at: number) => answer.reduce((whole, counts) => whole + (counts[at] as number), 0);
    return { name, created: entry.created, keys: sum(1), bytes: sum(2) };
  }

  #mayChange(name: string, action: string, { signal }: WorkOptions): void {
    this.#calls.mayWrite(action);
    this.catalogue.entry(name);
    signal?.throwIfAborted();
  }

  /**
   * Deletes the records of a bucket that has no name any more. If it is stopped, the rest is
   * deleted later.
   */
  async #delete(entry: Entry, options: WorkOptions = {}): Promise<void> {
    const dead = { ...entry, rev: DEAD };
    // First, so that clients with the old entry are told.
    this.#calls.callEntry(dead, 'delete a bucket', everyShard(dead, 'fence', []));
    await inTurns(purged(this.#calls, dead), { ...options, signal: undefined });
    this.catalogue.unbury(entry.id);
  }
}
