/** A store of format 1 is carried over whole, or is as it was. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/lmdb/open-store.js';
import { maintenanceOf } from '../../src/store/open.js';
import { program } from '../support/child-program.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { makeFormat1Store, type OldContent } from './format-1-store.js';

const upgradeInProcess = program(import.meta.url, 'upgrade');
const useElsewhere = program(import.meta.url, 'upload');

/** How often an upgrade is killed. */
const KILLS = 8;

describe('a store of format 1', () => {
  test('is not opened, and it is said how to carry it over', async () => {
    const path = join(temporaryFolder(), 'store');
    await makeFormat1Store(path, 10);
    for (const mode of ['read', 'write'] as const) {
      await expect(openStore(path, mode)).rejects.toMatchObject({
        code: 'unknown-format',
        message: expect.stringContaining('it is in format 1, and this kv knows 2'),
        hint: expect.stringContaining('kv store upgrade'),
      });
    }
  });

  test('is upgraded with every record, its version and its time, and the old file is kept', async () => {
    const path = join(temporaryFolder(), 'store');
    const content = await makeFormat1Store(path, 3000);
    const old = readFileSync(join(path, 'data.mdb'));
    const kept = join(path, 'data.mdb.format-1');
    const upgraded = await upgrade(path);
    expect(upgraded).toEqual({ from: 1, to: 2, buckets: 3, keys: 3011, kept });
    await expectContent(path, content);
    expect(readFileSync(kept).equals(old)).toBe(true);
    expect(readdirSync(path).sort()).toEqual(['data.mdb', 'data.mdb.format-1', 'lock.mdb']);
    const problems: unknown[] = [];
    const found = async (problem: unknown) => void problems.push(problem);
    await (await maintenanceOf(path)).check().run({ found });
    expect(problems).toEqual([]);
    expect(await upgrade(path)).toEqual({ from: 2, to: 2, buckets: 0, keys: 0 });
    await expectWritable(path);
  });

  test('is left alone while another process has it open', async () => {
    const made = join(temporaryFolder(), 'new');
    const store = (await openStore(made, 'write'))!;
    store.createBucket('test');
    await store.close();
    const user = useElsewhere([made, 'key']);
    user.send('write 1');
    expect(await user.message()).toBe('written');
    await expect(upgrade(made)).rejects.toMatchObject({
      code: 'busy',
      message: expect.stringContaining(`process ${user.process.pid} has it open`),
    });
    await user.kill();
  });

  test('is whole after a kill at any moment of the upgrade', async () => {
    const healthy = join(temporaryFolder(), 'store');
    const content = await makeFormat1Store(healthy, 3000);
    let ended = 0;
    for (let kill = 0; kill < KILLS && ended < 2; kill++) {
      const path = join(temporaryFolder(), `killed-${kill}`);
      mkdirSync(path);
      copyFileSync(join(healthy, 'data.mdb'), join(path, 'data.mdb'));
      const child = upgradeInProcess([path]);
      expect(await child.message()).toBe('begin');
      const end = child.message().catch(() => undefined);
      // Sooner and later, and at last not before it has ended.
      await Promise.race([pause(kill * kill * 12), end]);
      await child.kill();
      if ((await end) === 'done') ended++;
      const isNew = existsSync(join(path, 'data.mdb.format-1')) && !(await isOld(path));
      if (!isNew) expect(await upgrade(path)).toMatchObject({ from: 1, to: 2 });
      await expectContent(path, content);
      const kept = readFileSync(join(path, 'data.mdb.format-1'));
      expect(kept.equals(readFileSync(join(healthy, 'data.mdb')))).toBe(true);
    }
  });
});

async function upgrade(path: string) {
  return (await maintenanceOf(path)).upgrade().run({});
}

async function isOld(path: string): Promise<boolean> {
  try {
    await (await openStore(path, 'read'))!.close();
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'unknown-format' });
    return true;
  }
}

async function expectContent(
  path: string,
  content: Map<string, Map<string, OldContent>>,
): Promise<void> {
  const store = (await openStore(path, 'read'))!;
  try {
    expect(store.bucketNames('')).toEqual([...content.keys()].sort());
    for (const [name, records] of content) {
      const bucket = store.bucket(name)!;
      expect(bucket.count()).toBe(records.size);
      for (const [key, { version, modified, value }] of records) {
        const stored = bucket.get(key)!;
        expect(stored).toMatchObject({ version, modified, size: value.length });
        const pieces: Uint8Array[] = [];
        for (let at = 0; at < stored.size; at += pieces.at(-1)!.length) {
          pieces.push(stored.read(at, stored.size - at));
        }
        expect(Buffer.concat(pieces).equals(value)).toBe(true);
        stored.close();
      }
    }
  } finally {
    await store.close();
  }
}

/** Versions go on, and what shares chunks lets go of them one by one. */
async function expectWritable(path: string): Promise<void> {
  const store = (await openStore(path, 'write'))!;
  const bucket = store.bucket('test')!;
  const last = Math.max(bucket.stat('in chunks')!.version, bucket.stat('in one chunk')!.version);
  bucket.delete('in chunks');
  bucket.delete('the beginning of it');
  const shared = store.bucket('other')!.get('the same, shared')!;
  expect(shared.read(0, 10)).toHaveLength(10);
  shared.close();
  const upload = store.upload();
  upload.append(Buffer.from('value'));
  expect(bucket.put('new', upload)).toBeGreaterThan(last);
  upload.close();
  await store.close();
}
