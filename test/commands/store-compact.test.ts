import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStoreAt } from '../support/open-test-store.js';
import { kvInMemory, onTerminal } from '../support/run-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';

async function madeStore(): Promise<string> {
  const path = join(temporaryFolder(), 'store');
  const store = await openStoreAt(path);
  const bucket = store.ensureBucket('default');
  bucket.increment('n', 1n);
  for (let time = 0; time < 3; time++) {
    const upload = store.upload();
    upload.append(new Uint8Array(1024 * 1024));
    bucket.put('large', upload);
    upload.close();
  }
  bucket.delete('large');
  await store.close();
  return path;
}

describe('store compact', () => {
  it('says how long the file was, and is', async () => {
    const path = await madeStore();
    const { outcome, text, stderr } = await kvInMemory()(
      ['-s', path, 'store', 'compact'],
      onTerminal,
    );
    expect(outcome).toBe(0);
    expect(text).toMatch(/^[23]\.\d MiB -> \d\d KiB\n$/);
    expect(stderr).toMatch(/^needs up to [\d.]+ KiB more of the disk\n/);
  });

  it('gives the bytes with --json', async () => {
    const path = await madeStore();
    const file = join(path, 'data.mdb');
    const before = statSync(file).size;
    const { text } = await kvInMemory()(['-s', path, 'store', 'compact', '--json']);
    expect(JSON.parse(text)).toEqual({ before, after: statSync(file).size });
    expect(statSync(file).size).toBeLessThan(before);
  });

  it('is refused with --read-only, and where there is no store', async () => {
    const path = await madeStore();
    const kv = kvInMemory();
    expect((await kv(['--read-only', '-s', path, 'store', 'compact'])).outcome).toBe(6);
    expect((await kv(['-s', join(path, 'none'), 'store', 'compact'])).outcome).toBe(6);
  });
});
