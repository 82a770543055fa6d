import { describe, expect, it } from 'vitest';
import { kvInMemory, kvOnDisk, onTerminal } from '../support/run-command.js';

// What it asks first: confirm-bucket.test.ts.
describe('bucket delete', () => {
  it('deletes the bucket with all its keys, and no other', async () => {
    const kv = await kvOnDisk();
    await kv('bucket create old');
    await kv('set k -b old', { stdin: Buffer.alloc(5_000_000) });
    await kv('set k kept');
    expect(await kv('bucket delete old --confirm=old')).toMatchObject({ outcome: 0, text: '' });
    expect((await kv('bucket list')).text).toBe('default\n');
    expect((await kv('get k -b old')).error?.code).toBe('no-bucket');
    expect((await kv('get k')).text).toBe('kept');
    expect(JSON.parse((await kv('store info --json')).text)).toMatchObject({
      buckets: 1,
      keys: 1,
      chunkedValues: 0,
      uploads: 0,
    });
  });

  it('makes room for a new, empty bucket of the name', async () => {
    const kv = await kvOnDisk();
    await kv('bucket create old');
    await kv('set k v -b old');
    await kv('bucket delete old --confirm=old');
    await kv('bucket create old');
    expect((await kv('keys -b old')).text).toBe('');
  });

  it('says so on a terminal, unless -q, and with --json', async () => {
    const kv = kvInMemory();
    for (const name of ['a', 'b', 'c']) await kv(`bucket create ${name}`);
    expect((await kv('bucket delete a', onTerminal)).stderr).toBe('deleted bucket "a"\n');
    expect((await kv('bucket delete b -q', onTerminal)).stderr).toBe('');
    expect((await kv('bucket delete c --json')).text).toBe('{"deleted":"c"}\n');
  });

  it('is also called bucket rm; needs a name', async () => {
    const kv = kvInMemory();
    await kv('bucket create a');
    expect((await kv('bucket rm a')).outcome).toBe(0);
    expect((await kv('bucket delete')).outcome).toBe(2);
  });
});
