import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/lmdb/open-store.js';
import { makeVariedStore } from '../store/varied-store.js';
import { kvInMemory } from '../support/run-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const PAGE_BYTES = 4096;

async function variedStore(): Promise<string> {
  const path = join(temporaryFolder(), 'store');
  await makeVariedStore(path, 300);
  return path;
}

/** A copy whose second page is zeroes. */
function damaged(path: string): string {
  const copy = join(temporaryFolder(), 'damaged');
  mkdirSync(copy);
  const data = readFileSync(join(path, 'data.mdb')).fill(0, PAGE_BYTES, 2 * PAGE_BYTES);
  writeFileSync(join(copy, 'data.mdb'), data);
  return copy;
}

describe('store check', () => {
  it('says OK of a sound store, with what there is, or with -q nothing', async () => {
    const path = await variedStore();
    const kv = kvInMemory();
    const { outcome, text } = await kv(['store', 'check', path]);
    expect(outcome).toBe(0);
    expect(text).toMatch(
      /^OK: 2 buckets, 283 keys, 1 value in chunks, \d+ pages in use \(.*\), \d+ free\n$/,
    );
    expect(await kv(['-q', '-s', path, 'store', 'check'])).toMatchObject({ outcome: 0, text: '' });
    expect(JSON.parse((await kv(['store', 'check', path, '--json'])).text)).toMatchObject({
      ok: true,
      problems: 0,
      isHeld: true,
      keys: 283,
    });
  });

  it('names each problem on a line, and ends with 6', async () => {
    const path = damaged(await variedStore());
    const kv = kvInMemory();
    const { outcome, text, error } = await kv(['store', 'check', path]);
    const lines = text.trimEnd().split('\n');
    expect(outcome).toBe(6);
    expect(error?.message).toBe(`cannot vouch for store "${path}": 1 problem was found`);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^page 1: .*a meta page is not what it should be$/);
    expect(lines[1]).toMatch(/^not OK: 2 buckets, .*; the store was not opened/);
    const json = (await kv(['store', 'check', path, '--json'])).text.trimEnd().split('\n');
    expect(json.map((line) => JSON.parse(line))).toEqual([
      { page: 1, problem: expect.any(String) },
      expect.objectContaining({ ok: false, problems: 1, isHeld: false }),
    ]);
  });

  it('reads a copy of the file', async () => {
    const path = await variedStore();
    expect((await kvInMemory()(['store', 'check', join(path, 'data.mdb')])).outcome).toBe(0);
  });

  it('refuses what is no store, and what is not there', async () => {
    const path = join(temporaryFolder(), 'text');
    writeFileSync(path, 'no store at all\n'.repeat(1000));
    const kv = kvInMemory();
    expect((await kv(['store', 'check', path])).error?.code).toBe('not-a-store');
    expect((await kv(['store', 'check', `${path}-not`])).error?.code).toBe('no-store');
    expect((await kv(['store', 'check', 'redis://host'])).error?.code).toBe('not-supported');
  });

  it('checks the last moment beside a transaction under way', async () => {
    const path = await variedStore();
    const store = (await openStore(path, 'write'))!;
    const bucket = store.bucket('test')!;
    await store.transaction(async () => {
      bucket.delete('key 200');
      const { text } = await kvInMemory()(['store', 'check', path]);
      expect(text).toMatch(/^OK: 2 buckets, 283 keys/);
    });
    await store.close();
  });
});
