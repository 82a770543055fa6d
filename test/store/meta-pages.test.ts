/** The numbers of the meta pages, which say which of two states is the last: no damaged bit makes it the one before. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KvError } from '../../src/errors.js';
import { checkOf } from '../../src/store/lmdb/check/check-store.js';
import { newerOf } from '../../src/store/lmdb/file/meta-order.js';
import { newestMeta, readMetas } from '../../src/store/lmdb/file/metas.js';
import { StoreFile } from '../../src/store/lmdb/file/store-file.js';
import { salvage } from '../../src/store/lmdb/salvage/salvage-store.js';
import { openStoreAt } from '../support/open-test-store.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const PAGE_BYTES = 4096;
const NUMBER_OFFSET = 152;

/** Bits of a number: the lowest ones tell one transaction from those beside it. */
const BITS = [0, 1, 2, 3, 63];

async function putIn(path: string, value: string): Promise<void> {
  const store = await openStoreAt(path);
  const upload = store.upload();
  upload.append(Buffer.from(value));
  store.ensureBucket('test').put('key', upload);
  upload.close();
  await store.close();
}

async function valueIn(path: string): Promise<string> {
  const store = await openStoreAt(path, 'read');
  try {
    const value = store.bucket('test')!.get('key')!;
    return Buffer.from(value.read(0, value.size)).toString();
  } finally {
    await store.close();
  }
}

// The numbers of the last transactions end in each way that two bits can.
test.each(
  [1, 2, 3, 4].flatMap((writes) => [
    { writes, withLock: true },
    { writes, withLock: false },
  ]),
)(
  'after $writes writes a damaged number is refused, checked and salvaged, with its lock file: $withLock',
  async ({ writes, withLock }) => {
    const folder = temporaryFolder();
    const sound = join(folder, 'sound');
    for (let write = 1; write < writes; write++) await putIn(sound, `${write}`);
    await putIn(sound, 'the last');
    const data = readFileSync(join(sound, 'data.mdb'));
    const found = async () => {};
    expect((await checkOf(sound).run({ found })).problems).toBe(0);
    let refused = 0;
    for (const page of [0, 1]) {
      for (const bit of BITS) {
        const path = join(folder, `${page}-${bit}`);
        mkdirSync(path);
        const damaged = Buffer.from(data);
        damaged[page * PAGE_BYTES + NUMBER_OFFSET + (bit >> 3)]! ^= 1 << (bit & 7);
        writeFileSync(join(path, 'data.mdb'), damaged);
        // It tells a damaged number from that of a commit that has failed; without it both are refused.
        if (withLock) copyFileSync(join(sound, 'lock.mdb'), join(path, 'lock.mdb'));
        const read = await valueIn(path).catch((error: unknown) => error);
        const { problems } = await checkOf(path).run({ found });
        if (read instanceof KvError) {
          refused++;
          expect([page, bit, read.code, problems > 0]).toEqual([page, bit, 'damaged', true]);
        }
        // The older one may look as a compaction leaves it that was killed.
        else expect([page, bit, read]).toEqual([page, bit, 'the last']);
        await salvage(path, `${path}-rescued`, { found });
        expect([page, bit, await valueIn(`${path}-rescued`)]).toEqual([page, bit, 'the last']);
      }
    }
    expect(refused).toBeGreaterThan(BITS.length);
  },
);

test('a compaction that has changed only the lists of free pages, and written one meta page, is no damage', async () => {
  const path = join(temporaryFolder(), 'store');
  for (const value of ['1', '2', '3']) await putIn(path, value);
  const file = new StoreFile(join(path, 'data.mdb'), PAGE_BYTES);
  const older = newestMeta(file, readMetas(file));
  const free = Buffer.from(older.free);
  free.writeUInt8(free.readUInt8(0) ^ 1);
  const later = (apart: bigint) => ({ ...older, transaction: older.transaction + apart, free });
  const newer = (apart: bigint) => {
    const pair = [older, later(apart)] as const;
    const [first, second] = older.transaction % 2n === 0n ? pair : ([pair[1], pair[0]] as const);
    return newerOf(file, first, second)?.transaction;
  };
  expect(newer(3n)).toBe(older.transaction + 3n);
  // LMDB's own commit leaves no root of the main tree as it was: this one is damaged.
  expect(newer(1n)).toBe(undefined);
  file.close();
});
