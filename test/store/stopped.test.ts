/** A signal stops what goes through all of a store, in its midst, and leaves nothing of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { ByteSource } from '../../src/store/backup/byte-source.js';
import { sourceOfChunks } from '../../src/store/backup/byte-source.js';
import { makeBackup } from '../../src/store/lmdb/backup/make-backup.js';
import { inspectBackup } from '../../src/store/lmdb/backup/read-backup.js';
import { checkOf } from '../../src/store/lmdb/check/check-store.js';
import { salvage } from '../../src/store/lmdb/salvage/salvage-store.js';
import { program } from '../support/child-program.js';
import { openStoreAt } from '../support/open-test-store.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { makeVariedStore } from './varied-store.js';

const upload = program(new URL('./processes.test.ts', import.meta.url).href, 'upload');

const stopped = new Error('stopped');

beforeEach(() => {
  // Each look at the clock is a turn of the event loop later, so that there is a midst.
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 1000));
  onTestFinished(() => clock.mockRestore());
});

/** A signal that comes when the event loop has turned so many times. */
function signalAfter(turns: number): AbortSignal {
  const controller = new AbortController();
  const wait = (left: number) =>
    setImmediate(() => (left > 1 ? wait(left - 1) : controller.abort(stopped)));
  wait(turns);
  return controller.signal;
}

async function variedStore(): Promise<{ folder: string; path: string }> {
  const folder = temporaryFolder();
  const path = join(folder, 'store');
  await makeVariedStore(path, 300);
  return { folder, path };
}

const found = async () => {};

test('a check', async () => {
  const { path } = await variedStore();
  await expect(checkOf(path).run({ found, signal: signalAfter(3) })).rejects.toBe(stopped);
  expect(await checkOf(path).run({ found })).toMatchObject({ problems: 0 });
});

test('a salvage', async () => {
  const { folder, path } = await variedStore();
  const to = join(folder, 'new');
  await expect(salvage(path, to, { found, signal: signalAfter(5) })).rejects.toBe(stopped);
  expect(readdirSync(folder)).toEqual(['store']);
});

test('a backup, and the reading of one', async () => {
  const { folder, path } = await variedStore();
  const file = join(folder, 'backup');
  const first = await makeBackup(path, { isReadOnly: false });
  await expect(first.save(file, { signal: signalAfter(3) })).rejects.toBe(stopped);
  await first.close();
  expect(readdirSync(folder)).toEqual(['store']);
  const second = await makeBackup(path, { isReadOnly: false });
  await second.save(file, {});
  await second.close();
  // In pieces that are there at once, as those of a file are.
  const pieces = (async function* () {
    yield readFileSync(file);
  })();
  const source: ByteSource = sourceOfChunks(pieces);
  await expect(inspectBackup(source, { signal: signalAfter(1) })).rejects.toBe(stopped);
});

test('a garbage collection, also when nothing has expired and an upload was left', async () => {
  const path = join(temporaryFolder(), 'store');
  const store = await openStoreAt(path);
  store.ensureBucket('test');
  const child = upload([path, 'key']);
  child.send('write 2');
  expect(await child.message()).toBe('written');
  await child.kill();
  await expect(store.collectGarbage({ signal: signalAfter(2) })).rejects.toBe(stopped);
  expect((await store.collectGarbage()).uploads).toBeLessThan(2);
  expect(await store.collectGarbage()).toEqual({ expired: 0, uploads: 0, damaged: [] });
  const problems: unknown[] = [];
  await checkOf(path).run({ found: async (problem) => void problems.push(problem) });
  expect(problems).toEqual([]);
});
