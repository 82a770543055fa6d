import { expect, test } from 'vitest';
import { codeOfRejected } from '../../support/error-code.js';
import { patternedBytes } from '../../support/patterned-bytes.js';
import { bytesOf, keysOf, type Open, put } from './subject.js';

export function drafts(open: Open): void {
  test('a draft is seen by nobody, until it takes the place of a bucket', async () => {
    const store = await open();
    if (!store.supports.has('drafts')) return;
    put(store, store.createBucket('test'), 'old', patternedBytes(300_000));
    for (const name of ['test', 'new']) {
      const draft = store.createDraft();
      put(store, store.bucket(draft)!, 'key', patternedBytes(70_000));
      expect(store.bucketNames('')).not.toContain(draft);
      expect(store.buckets().map((bucket) => bucket.name)).not.toContain(draft);
      await store.publishDraft(draft, name);
      const bucket = store.bucket(name)!;
      expect(keysOf(bucket)).toEqual(['key']);
      expect(bytesOf(bucket, 'key')!.equals(patternedBytes(70_000))).toBe(true);
      expect(store.bucket(draft)).toBeUndefined();
    }
    expect(store.bucketNames('')).toEqual(['new', 'test']);
  });

  test('a draft that is discarded is gone, and can no longer be published', async () => {
    const store = await open();
    if (!store.supports.has('drafts')) return;
    put(store, store.createBucket('test'), 'old', 'value');
    const [draft, other] = [store.createDraft(), store.createDraft()];
    expect(draft).not.toBe(other);
    await store.discardDraft(draft);
    expect(store.bucket(draft)).toBeUndefined();
    expect(await codeOfRejected(store.publishDraft(draft, 'test'))).toBe('no-bucket');
    expect(keysOf(store.bucket('test')!)).toEqual(['old']);
    await store.discardDraft(other);
  });
}
