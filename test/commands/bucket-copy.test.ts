import { describe, expect, it } from 'vitest';
import { patternedBytes } from '../support/patterned-bytes.js';
import { type Kv, kvInMemory, kvOnDisk, onTerminal } from '../support/run-command.js';

async function live(): Promise<Kv> {
  const kv = await kvOnDisk();
  await kv('bucket create live');
  await kv('set-many -b live a=1 b=2 empty=');
  await kv('set big -b live', { stdin: patternedBytes(1_000_000) });
  return kv;
}

describe('bucket copy', () => {
  it('copies every key, and keeps both apart from then on', async () => {
    const kv = await live();
    expect(await kv('bucket copy live before')).toMatchObject({ outcome: 0, text: '' });
    await kv('set a changed -b live');
    await kv('delete big -b live');
    expect((await kv('keys -b before')).text).toBe('a\nb\nbig\nempty\n');
    expect((await kv('get a -b before')).text).toBe('1');
    expect((await kv('get big -b before')).stdout.equals(patternedBytes(1_000_000))).toBe(true);
    expect((await kv('keys -b live')).text).toBe('a\nb\nempty\n');
  });

  it('does nothing where there is a bucket of that name', async () => {
    const kv = await live();
    await kv('bucket create before');
    for (const to of ['before', 'live']) {
      const { outcome, error } = await kv(`bucket copy live ${to}`);
      expect([outcome, error?.code]).toEqual([3, 'bucket-exists']);
    }
    expect((await kv('keys -b before')).text).toBe('');
    expect((await kv('keys -b live --count')).text).toBe('4\n');
  });

  it('is an error for a bucket that is not there, and for what is no name', async () => {
    const kv = await live();
    expect((await kv('bucket copy other new')).error?.code).toBe('no-bucket');
    expect((await kv(['bucket', 'copy', 'live', 'a\n'])).error?.code).toBe('invalid-bucket');
    expect((await kv('bucket copy live')).outcome).toBe(2);
    expect((await kv('bucket list')).text).toBe('live\n');
  });

  it('says so on a terminal, unless -q, and with --json', async () => {
    const kv = kvInMemory();
    await kv('bucket create a');
    expect((await kv('bucket copy a b', onTerminal)).stderr).toBe('copied bucket "a" to "b"\n');
    expect((await kv('bucket copy a c -q', onTerminal)).stderr).toBe('');
    expect((await kv('bucket copy a d --json')).text).toBe('{"copied":"a","to":"d"}\n');
  });

  it('is also called bucket cp', async () => {
    expect((await (await live())('bucket cp live other')).outcome).toBe(0);
  });
});
