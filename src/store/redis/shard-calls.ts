/**
 * Runs scripts on the shards of a named bucket, and again if the name refers to another bucket by
 * now.
 */
import { KvError } from '../../errors.js';
import type { Milliseconds } from '../record.js';
import type { Bridge } from './bridge.js';
import type { Catalogue } from './catalogue.js';
import type { Entry } from './catalogue-entry.js';
import { Shard, shardOf } from './layout.js';
import type { Reply, Request } from './wire/request.js';
import type { ScriptName } from './wire/scripts.js';

/** A script for one shard; a call with writes has one for each shard. */
export interface Ask {
  readonly shard: number;
  readonly script: ScriptName;
  readonly words: readonly (string | Uint8Array)[];
  /** The moment that decides what has expired; absent: that of the call. */
  readonly moment?: string | undefined;
}

/** The answer of a script; its first word is `done`, or why it was not done. */
export type ScriptAnswer = readonly Reply[];

/**
 * Scripts that change nothing, and how many of a shard's keys each uses: while a slot is moved, a
 * missing key delays the script.
 */
const reading: Readonly<Partial<Record<ScriptName, number>>> = { get: 2, page: 3, count: 4 };

/** How often a bucket that is being renamed is looked up again, and the pause in between, in ms. */
const TRIES = 50;
const PAUSE_MS: Milliseconds = 20;

export class ShardCalls {
  readonly bridge: Bridge;
  readonly catalogue: Catalogue;
  readonly #now: (() => Milliseconds) | undefined;
  readonly #isReadOnly: boolean;

  /** `now` is the clock for expiry; absent: the servers' clock. */
  constructor(bridge: Bridge, catalogue: Catalogue, isReadOnly = false, now?: () => Milliseconds) {
    this.bridge = bridge;
    this.catalogue = catalogue;
    this.#isReadOnly = isReadOnly;
    this.#now = now;
  }

  /** The moment for scripts; empty: they use their server's clock. */
  get moment(): string {
    return this.#now ? String(this.#now()) : '';
  }

  /** Throws `read-only`. */
  mayWrite(action: string): void {
    if (!this.#isReadOnly) return;
    throw new KvError('read-only', `cannot ${action}: the store was opened to be read`);
  }

  /**
   * The answers of the scripts that `asksOf` gives for the bucket, in order. Throws `no-bucket`.
   */
  call(
    bucket: string,
    action: string,
    asksOf: (entry: Entry) => readonly Ask[],
  ): readonly ScriptAnswer[] {
    let entry = this.catalogue.entry(bucket);
    for (let attempt = 1; ; attempt++) {
      const asks = asksOf(entry);
      const answer = this.callEntry(entry, action, asks);
      const stale = answer.filter(([word]) => String(word) === 'stale');
      if (stale.length === 0) return answer;
      // If some were made and others not, all are made again: another bucket has the name now.
      this.catalogue.forget(bucket);
      entry = this.catalogue.entry(bucket);
      if (attempt === TRIES) {
        throw new KvError('busy', `cannot ${action}: bucket "${bucket}" is being renamed`);
      }
      if (attempt > 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }

  /** The same for one script on the shard of a key. */
  callKey(
    bucket: string,
    key: string,
    action: string,
    script: ScriptName,
    wordsFor: (entry: Entry) => Ask['words'],
  ): ScriptAnswer {
    const bytes = Buffer.from(key);
    return this.call(bucket, action, (entry) => [
      { shard: shardOf(bytes, entry.shards), script, words: wordsFor(entry) },
    ])[0]!;
  }

  /** The same for a bucket that may have no name; the answer may be `stale`. */
  callEntry(entry: Entry, action: string, asks: readonly Ask[]): ScriptAnswer[] {
    const own = this.moment;
    const requests = asks.map((ask) => this.#requestOf(entry, ask, own));
    if (requests.some(({ writes }) => writes)) this.mayWrite(action);
    const answer = this.bridge.call(action, requests) as readonly ScriptAnswer[];
    const late = answer.find(([word]) => String(word) === 'late');
    if (late) throw new Error('a write was overtaken by a later one of the same client');
    return [...answer];
  }

  shard({ id }: Pick<Entry, 'id'>, number: number): Shard {
    return new Shard(this.catalogue.prefix, id, number);
  }

  /** The shard of a key. */
  shardOfKey(entry: Entry, key: string): Shard {
    return this.shard(entry, shardOf(Buffer.from(key), entry.shards));
  }

  #requestOf(entry: Entry, { shard, script, words, moment }: Ask, current: string): Request {
    const own = this.shard(entry, shard);
    const { client } = this.catalogue;
    const used = reading[script];
    const writes = used === undefined;
    const keys = writes ? [...own.keys, `${own.tag}:t:${client}`] : own.keys.slice(0, used);
    const number = writes ? this.catalogue.nextWrite() : '';
    return {
      kind: 'script',
      script,
      keys,
      words: [String(entry.rev), moment ?? current, number, ...words],
      writes,
    };
  }
}

/** One script for every shard of a bucket. */
export function everyShard(
  { shards }: Pick<Entry, 'shards'>,
  script: ScriptName,
  words: Ask['words'],
): Ask[] {
  return Array.from({ length: shards }, (_, shard) => ({ shard, script, words }));
}
