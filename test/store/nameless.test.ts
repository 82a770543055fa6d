/** A bucket that has lost its name, or its tree: none is made beside it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStoreAt } from '../support/open-test-store.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { Anatomy } from './anatomy.js';

/** A store in whose main tree the first `from` has become `to`, of the same length. */
async function storeWith(from: string, to: string): Promise<{ path: string; file: string }> {
  const path = join(temporaryFolder(), 'store');
  const store = await openStoreAt(path);
  store.ensureBucket('default').increment('n', 1n);
  await store.close();
  const file = join(path, 'data.mdb');
  const anatomy = new Anatomy(readFileSync(file));
  const page = anatomy.page(anatomy.mainRoot);
  page.write(to, page.indexOf(from), 'latin1');
  writeFileSync(file, anatomy.data);
  return { path, file };
}

test.each([
  ['a name', 'name/default', 'name/defaulu', /checksum of "name\/defaulu"/],
  ['what begins a name', 'name/default', 'oame/default', /"oame\/default" has no name|"bucket\/1"/],
  ['the number of a tree', 'bucket/1\0', 'bucket/0\0', /lacks its "bucket\/1"/],
  ['what begins that', 'bucket/1\0', 'bucjet/1\0', /lacks its "bucket\/1"/],
])('no bucket is made where %s is damaged', async (_, from, to, message) => {
  const { path, file } = await storeWith(from, to);
  const before = readFileSync(file);
  const store = await openStoreAt(path);
  for (const name of ['default', 'another']) {
    let thrown: unknown;
    try {
      store.ensureBucket(name).increment('n', 1n);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'damaged' });
    if (name === 'another') expect(String(thrown)).toMatch(message);
  }
  await store.close();
  expect(readFileSync(file).equals(before)).toBe(true);
});

test('a bucket is made where all is in order', async () => {
  const { path } = await storeWith('name/default', 'name/default');
  const store = await openStoreAt(path);
  expect(store.ensureBucket('another').increment('n', 1n)).toBe(1n);
  expect(store.ensureBucket('default').increment('n', 1n)).toBe(2n);
  await store.close();
});
