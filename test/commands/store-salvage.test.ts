import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Anatomy } from '../store/anatomy.js';
import { makeVariedStore } from '../store/varied-store.js';
import { openStoreAt } from '../support/open-test-store.js';
import { kvInMemory } from '../support/run-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** A store whose leaf with `key 200` is zeroes, and how many keys that leaf held. */
async function damagedStore(): Promise<{ path: string; lost: number }> {
  const path = join(temporaryFolder(), 'healthy');
  await makeVariedStore(path, 300);
  const file = new Anatomy(readFileSync(join(path, 'data.mdb')));
  const leaf = file.leafOf('key 200');
  const lost = file.recordsOn(leaf).size;
  file.page(leaf).fill(0);
  const damaged = join(temporaryFolder(), 'damaged');
  mkdirSync(damaged);
  writeFileSync(join(damaged, 'data.mdb'), file.data);
  return { path: damaged, lost };
}

describe('store salvage', () => {
  it('brings what is sound, and says bucket by bucket what it is', async () => {
    const { path, lost } = await damagedStore();
    const to = join(temporaryFolder(), 'new');
    const { outcome, text, stderr, error } = await kvInMemory()(['store', 'salvage', path, to]);
    expect(outcome).toBe(6);
    expect(text).toBe('');
    expect(stderr).toMatch(/^page \d+, bucket "test": page \d+ is not what it should be$/m);
    expect(stderr).toMatch(/^BUCKET +BROUGHT +LOST$/m);
    expect(stderr).toMatch(new RegExp(`^test +${282 - lost} +${lost}$`, 'm'));
    expect(stderr).toMatch(/^other +1 +0$/m);
    expect(error?.message).toBe(`cannot bring all of "${path}": ${lost} keys are lost`);
    expect(error?.result).toBe(`the others are in store "${to}"`);
    const store = await openStoreAt(to);
    expect(store.bucket('test')?.stat('key 200')).toBeUndefined();
    expect(store.bucket('test')?.stat('in chunks')?.size).toBe(70_000);
  });

  it('gives an object a line with --json', async () => {
    const { path, lost } = await damagedStore();
    const to = join(temporaryFolder(), 'new');
    const { text } = await kvInMemory()(['store', 'salvage', path, to, '--json']);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ bucket: 'test', page: expect.any(Number) });
    expect(lines.slice(-2)).toEqual([
      { bucket: 'test', keys: 282, brought: 282 - lost, lost },
      { bucket: 'other', keys: 1, brought: 1, lost: 0 },
    ]);
  });

  it('refuses a new store where something is, and a damaged one that is not there', async () => {
    const { path } = await damagedStore();
    const kv = kvInMemory();
    expect((await kv(['store', 'salvage', path, path])).outcome).toBe(6);
    expect((await kv(['store', 'salvage', `${path}-not`, `${path}-new`])).error?.code).toBe(
      'no-store',
    );
  });
});
