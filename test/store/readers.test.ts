/** Who reads a store, as its table of readers tells, and what each keeps from being used again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listReaders } from '../../src/store/lmdb/readers/list-readers.js';
import { program } from '../support/child-program.js';
import { openStoreAt } from '../support/open-test-store.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const hold = program(import.meta.url, 'hold');

const MIB = 1024 * 1024;

async function write(path: string, times: number): Promise<void> {
  const store = await openStoreAt(path);
  const bucket = store.ensureBucket('test');
  for (let time = 0; time < times; time++) {
    const upload = store.upload();
    upload.append(patternedBytes(MIB));
    bucket.put('key', upload);
    upload.close();
  }
  await store.close();
}

test('a reader is named with the transaction that it reads, and what that holds back', async () => {
  const path = join(temporaryFolder(), 'store');
  await write(path, 1);
  expect(await listReaders(path)).toMatchObject({ readers: [], cleared: [] });
  const child = hold([path]);
  expect(await child.message()).toBe('holds');
  const { transaction } = await listReaders(path);
  await write(path, 4);

  const { readers, ...later } = await listReaders(path);
  expect(later.transaction).toBeGreaterThan(transaction);
  expect(readers).toHaveLength(1);
  const [reader] = readers;
  expect(reader).toMatchObject({ process: child.process.pid, transaction });
  expect(reader!.name).toBe('hold');
  expect(reader!.age).toBeLessThan(60_000);
  // Three of the four values that were overwritten, and the chunk lists around them.
  expect(reader!.heldBytes).toBeGreaterThan(2 * MIB);
  expect(reader!.heldBytes).toBeLessThan(6 * MIB);

  child.send('let go');
  expect(await child.message()).toBe('let go');
  const after = await listReaders(path);
  expect(after.readers.filter(({ heldBytes }) => heldBytes > 0)).toEqual([]);
  child.send('leave');
  await child.ended;
  expect((await listReaders(path)).readers).toEqual([]);
});

test('what a process read that was killed is cleared, and told once', async () => {
  const path = join(temporaryFolder(), 'store');
  await write(path, 1);
  const child = hold([path]);
  expect(await child.message()).toBe('holds');
  await child.kill();
  expect(await listReaders(path)).toMatchObject({ readers: [], cleared: [child.process.pid] });
  expect(await listReaders(path)).toMatchObject({ readers: [], cleared: [] });
});

test('listing the readers writes nothing to the data file', async () => {
  const path = join(temporaryFolder(), 'store');
  await write(path, 2);
  const before = readFileSync(join(path, 'data.mdb'));
  await listReaders(path);
  expect(readFileSync(join(path, 'data.mdb')).equals(before)).toBe(true);
});
