/**
 * The buckets of a store on Redis: the entry of each name, cached until a shard says that it is
 * outdated.
 */
import { randomBytes } from 'node:crypto';
import { absentBucket, KvError } from '../../errors.js';
import type { Milliseconds } from '../record.js';
import type { Bridge } from './bridge.js';
import {
  type Entry,
  existing,
  type NamedDraft,
  notEmpty,
  parse,
  type Written,
} from './catalogue-entry.js';
import { FORMAT } from './layout.js';
import type { Reply } from './wire/request.js';
import type { ScriptName } from './wire/scripts.js';

/** How long a name is cached: less than a shard remembers that its bucket was deleted. */
const REMEMBERED_MS: Milliseconds = 60 * 60 * 1000;

export class Catalogue {
  /** Distinguishes this client's writes from others'. */
  readonly client = randomBytes(9).toString('base64url');
  /** The prefix of each key's name. */
  readonly prefix: string;
  readonly #bridge: Bridge;
  readonly #known = new Map<string, { readonly entry: Entry; readonly asked: Milliseconds }>();
  /** Buckets without a name yet. */
  readonly #drafts = new Map<string, Written>();
  #lastWrite = 0;

  constructor(bridge: Bridge, prefix: string) {
    this.#bridge = bridge;
    this.prefix = prefix;
  }

  /** The number of this client's next write. */
  nextWrite(): string {
    return String(++this.#lastWrite);
  }

  /** Whether the store exists. Throws `unknown-format`. */
  isThere(action: string): boolean {
    const [format] = this.#all(action);
    return this.#hasKnownFormat(String(format));
  }

  /** Makes the store if it does not exist. */
  make(): void {
    const [, format] = this.#write('open the store', 'make', []);
    this.#hasKnownFormat(String(format));
  }

  /** Every name and its entry, in any order. */
  entries(action: string): [name: string, entry: Entry][] {
    const [, pairs] = this.#all(action) as [Reply, readonly Reply[]];
    const entries: [string, Entry][] = [];
    for (let at = 0; at < pairs.length; at += 2) {
      entries.push([String(pairs[at]), parse(String(pairs[at + 1]))]);
    }
    return entries;
  }

  /** The entry of a name. Throws `no-bucket`. */
  entry(name: string): Entry {
    const entry = this.find(name);
    if (entry === undefined) throw absentBucket(name);
    return entry;
  }

  /** The same, or undefined if there is none. */
  find(name: string): Entry | undefined {
    const draft = this.#drafts.get(name);
    if (draft) return draft;
    const known = this.#known.get(name);
    if (known && performance.now() - known.asked < REMEMBERED_MS) return known.entry;
    this.#known.delete(name);
    const key = this.#keys[0]!;
    const [text] = this.#bridge.call(`open bucket "${name}"`, [
      { kind: 'command', words: ['HGET', key, name], key, writes: false },
    ]);
    return text === undefined ? undefined : this.#remember(name, parse(String(text)));
  }

  /** Forgets an outdated entry. */
  forget(name: string): void {
    this.#known.delete(name);
  }

  /** The entry of a bucket, made if missing. */
  ensure(name: string): { readonly entry: Entry; readonly wasThere: boolean } {
    const { shards } = this.#bridge.address;
    const [, text, wasThere] = this.#write(`create bucket "${name}"`, 'ensure', [
      name,
      String(shards),
    ]);
    const entry = this.#remember(name, parse(String(text)));
    return { entry, wasThere: wasThere === 1 };
  }

  /** Makes a bucket that only this client knows; returns its name. */
  draft(shards: number): string {
    const [, text] = this.#write('create a bucket', 'draft', [String(shards)]);
    const entry = parse(String(text));
    // A bucket's name contains no control characters.
    const name = `\x01${entry.id}`;
    this.#drafts.set(name, entry);
    return name;
  }

  /**
   * Gives a draft a name. Returns the entry that it replaced. Throws `no-bucket`, `bucket-exists`.
   */
  publish(draft: string, name: string, replaces: boolean, action: string): Entry | undefined {
    const entry = this.#drafts.get(draft);
    if (entry === undefined) throw absentBucket(draft);
    const [, old] = this.#write(action, 'publish', [entry.text, name, replaces ? '1' : '0'], {
      'no-bucket': () => absentBucket(draft),
      'bucket-exists': () => existing(action, name),
    });
    this.#drafts.delete(draft);
    this.#remember(name, entry);
    return old === undefined || String(old) === '' ? undefined : parse(String(old));
  }

  /**
   * Gives drafts their names, all or none, in a store without buckets. Throws `condition-failed` if it has any,
   * `no-bucket`.
   */
  publishAll(drafts: readonly NamedDraft[], action: string): void {
    const words = drafts.flatMap(({ draft, name, created }) => [
      this.#drafts.get(draft)!.text,
      name,
      String(created),
    ]);
    this.#write(action, 'publishAll', words, {
      'no-bucket': () => absentBucket(drafts[0]!.name),
      'bucket-exists': () => notEmpty(action),
    });
    for (const { draft } of drafts) this.#drafts.delete(draft);
  }

  /** Forgets a draft. Throws `no-bucket`. */
  forgetDraft(draft: string): Entry {
    const entry = this.#drafts.get(draft);
    if (entry === undefined) throw absentBucket(draft);
    this.#drafts.delete(draft);
    return entry;
  }

  /** Returns the entry with its new rev. Throws `no-bucket`, `bucket-exists`. */
  rename(name: string, to: string): Entry {
    const action = `rename bucket "${name}"`;
    const [, text] = this.#write(action, 'rename', [name, to], {
      'no-bucket': () => absentBucket(name),
      'bucket-exists': () => existing(action, to),
    });
    this.#known.delete(name);
    return this.#remember(to, parse(String(text)));
  }

  /** Removes a bucket, and returns its entry. Throws `no-bucket`. */
  drop(name: string): Entry {
    const [, text] = this.#write(`delete bucket "${name}"`, 'drop', [name], {
      'no-bucket': () => absentBucket(name),
    });
    this.#known.delete(name);
    return parse(String(text));
  }

  /** Replaces a bucket by an empty one, and returns the old entry. Throws `no-bucket`. */
  clear(name: string): Entry {
    const [, old, text] = this.#write(`clear bucket "${name}"`, 'clear', [name], {
      'no-bucket': () => absentBucket(name),
    });
    this.#remember(name, parse(String(text)));
    return parse(String(old));
  }

  /** The ids of buckets whose records are to be deleted, with their numbers of shards. */
  buried(): [id: number, shards: number][] {
    const [, , pairs, now] = this.#all('collect garbage') as [
      Reply,
      Reply,
      readonly Reply[],
      number,
    ];
    const buried: [number, number][] = [];
    for (let at = 0; at < pairs.length; at += 2) {
      const [shards, till] = String(pairs[at + 1])
        .split(' ')
        .map(Number);
      if (till! < now) buried.push([Number(pairs[at]), shards!]);
    }
    return buried;
  }

  /** Called when everything of a deleted bucket is gone. */
  unbury(id: number): void {
    const key = this.#keys[1]!;
    this.#bridge.call('delete a bucket', [
      { kind: 'command', words: ['HDEL', key, String(id)], key, writes: true },
    ]);
  }

  get #keys(): string[] {
    const tag = `{${this.prefix}}`;
    return ['c', 'g', 'f'].map((part) => `${tag}:${part}`);
  }

  #all(action: string): readonly Reply[] {
    const [reply] = this.#bridge.call(action, [
      { kind: 'script', script: 'buckets', keys: this.#keys, words: [], writes: false },
    ]);
    return reply as readonly Reply[];
  }

  #write(
    action: string,
    script: ScriptName,
    words: readonly string[],
    refusals: Readonly<Record<string, () => KvError>> = {},
  ): readonly Reply[] {
    const keys = [...this.#keys, `{${this.prefix}}:t:${this.client}`];
    const all = [this.nextWrite(), ...words];
    const [reply] = this.#bridge.call(action, [
      { kind: 'script', script, keys, words: all, writes: true },
    ]) as readonly (readonly Reply[])[];
    const refusal = refusals[String(reply![0])];
    if (refusal) throw refusal();
    return reply!;
  }

  #remember<E extends Entry>(name: string, entry: E): E {
    this.#known.set(name, { entry, asked: performance.now() });
    return entry;
  }

  #hasKnownFormat(format: string): boolean {
    if (format === '') return false;
    if (format === String(FORMAT)) return true;
    throw new KvError(
      'unknown-format',
      `cannot open the store at "${this.#bridge.address.text}": its format is ${format}, and this version of kv knows ${FORMAT}`,
    );
  }
}
