import { describe, expect, it } from 'vitest';
import { type Kv, kvInMemory, kvOnDisk, onTerminal } from '../support/run-command.js';

async function staging(): Promise<Kv> {
  const kv = await kvOnDisk();
  await kv('bucket create staging');
  await kv('set k v -b staging');
  return kv;
}

describe('bucket rename', () => {
  it('gives the bucket another name, with all its keys', async () => {
    const kv = await staging();
    const before = (await kv('stat k --json -b staging')).text;
    expect(await kv('bucket rename staging live')).toMatchObject({ outcome: 0, text: '' });
    expect((await kv('bucket list')).text).toBe('live\n');
    expect((await kv('stat k --json -b live')).text).toBe(before);
    expect((await kv('get k -b staging')).error?.code).toBe('no-bucket');
  });

  it('does nothing where there is a bucket of the new name', async () => {
    const kv = await staging();
    await kv('bucket create live');
    for (const to of ['live', 'staging']) {
      const { outcome, error } = await kv(`bucket rename staging ${to}`);
      expect([outcome, error?.code]).toEqual([3, 'bucket-exists']);
    }
    expect((await kv('bucket list')).text).toBe('live\nstaging\n');
    expect((await kv('get k -b staging')).text).toBe('v');
  });

  it('is an error for a bucket that is not there, and for what is no name', async () => {
    const kv = await staging();
    expect((await kv('bucket rename other live')).error?.code).toBe('no-bucket');
    expect((await kv(['bucket', 'rename', 'staging', ''])).error?.code).toBe('invalid-bucket');
    expect((await kv('bucket rename staging')).outcome).toBe(2);
    expect((await kv('bucket list')).text).toBe('staging\n');
  });

  it('says so on a terminal, unless -q, and with --json', async () => {
    const kv = kvInMemory();
    await kv('bucket create a');
    expect((await kv('bucket rename a b', onTerminal)).stderr).toBe('renamed bucket "a" to "b"\n');
    expect((await kv('bucket rename b c -q', onTerminal)).stderr).toBe('');
    expect((await kv('bucket rename c d --json')).text).toBe('{"renamed":"c","to":"d"}\n');
  });

  it('is also called bucket mv', async () => {
    const kv = await staging();
    expect((await kv('bucket mv staging live')).outcome).toBe(0);
  });
});
