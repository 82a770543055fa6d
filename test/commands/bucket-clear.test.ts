import { describe, expect, it } from 'vitest';
import { kvInMemory, kvOnDisk, onTerminal } from '../support/run-command.js';

// What it asks first: confirm-bucket.test.ts.
describe('bucket clear', () => {
  it('deletes all keys, and keeps the bucket and the others', async () => {
    const kv = await kvOnDisk();
    await kv('bucket create cache');
    await kv('set-many -b cache a=1 b=2');
    await kv('set big -b cache', { stdin: Buffer.alloc(5_000_000) });
    await kv('set a kept');
    expect(await kv('bucket clear cache --confirm=cache')).toMatchObject({ outcome: 0, text: '' });
    expect((await kv('bucket list')).text).toBe('cache\ndefault\n');
    expect((await kv('keys -b cache')).text).toBe('');
    expect((await kv('get a')).text).toBe('kept');
    expect(JSON.parse((await kv('store info --json')).text)).toMatchObject({
      keys: 1,
      chunkedValues: 0,
      uploads: 0,
    });
  });

  it('says so on a terminal, unless -q, and with --json', async () => {
    const kv = kvInMemory();
    await kv('bucket create cache');
    expect((await kv('bucket clear cache', onTerminal)).stderr).toBe('cleared bucket "cache"\n');
    expect((await kv('bucket clear cache -q', onTerminal)).stderr).toBe('');
    expect((await kv('bucket clear cache --json')).text).toBe('{"cleared":"cache"}\n');
  });

  it('needs a name', async () => {
    expect((await kvInMemory()('bucket clear')).outcome).toBe(2);
  });
});
