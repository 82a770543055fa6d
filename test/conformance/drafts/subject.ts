/** What the conformance suite of a draft runs on, and what its tests say about it. */
import { expect } from 'vitest';

/** The interfaces of a draft as a guest uses them; the drafts differ in their cursors. */
export interface DraftWorld<Cursor> {
  readonly store: { open(identifier: string): DraftBucket<Cursor> };
  readonly atomics: {
    increment(bucket: DraftBucket<Cursor>, key: string, delta: bigint): bigint;
  };
  readonly batch: {
    getMany(bucket: DraftBucket<Cursor>, keys: string[]): ([string, Uint8Array] | undefined)[];
    setMany(bucket: DraftBucket<Cursor>, keyValues: [string, Uint8Array][]): void;
    deleteMany(bucket: DraftBucket<Cursor>, keys: string[]): void;
  };
}

export interface DraftBucket<Cursor> {
  get(key: string): Uint8Array | undefined;
  set(key: string, value: Uint8Array): void;
  delete(key: string): void;
  exists(key: string): boolean;
  listKeys(cursor: Cursor | undefined): { keys: string[]; cursor?: Cursor };
}

/** `resource cas`, with what draft2 has beside. */
export interface Cas {
  current(): Uint8Array | undefined;
}

export interface CasWorld extends DraftWorld<string> {
  readonly atomics: DraftWorld<string>['atomics'] & {
    readonly Cas: { 'new'(bucket: DraftBucket<string>, key: string): Cas };
    swap(cas: Cas, value: Uint8Array): void;
  };
}

/** One implementation, on a store of its own that is empty. */
export interface DraftSubject<World> {
  readonly world: World;
  /** The WIT only opens buckets: this makes one from outside. */
  createBucket(name: string): void;
}

/** A bucket that is made now. */
export function newBucket<Cursor>(
  { world, createBucket }: DraftSubject<DraftWorld<Cursor>>,
  name = 'test',
): DraftBucket<Cursor> {
  createBucket(name);
  return world.store.open(name);
}

export function put(bucket: DraftBucket<unknown>, key: string, text: string): void {
  bucket.set(key, Buffer.from(text));
}

export function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes).toString();
}

/** The variant that `work` fails with. */
export function variant(work: () => unknown): { tag: string; val?: unknown } {
  try {
    work();
  } catch (thrown) {
    expect(thrown).not.toBeInstanceOf(Error);
    return thrown as { tag: string; val?: unknown };
  }
  throw new Error('nothing was thrown');
}

/** Asserts that `work` fails with `other`, in words. */
export function expectOther(work: () => unknown, words: RegExp): void {
  const { tag, val } = variant(work);
  expect([tag, val]).toEqual(['other', expect.stringMatching(words)]);
}

/** Drops a resource, as a guest does. */
export function drop(resource: object): void {
  (resource as Partial<Disposable>)[Symbol.dispose]?.();
}
