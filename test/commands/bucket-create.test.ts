import { describe, expect, it } from 'vitest';
import { kvInMemory, kvOnDisk, onTerminal } from '../support/run-command.js';

describe('bucket create', () => {
  it('makes an empty bucket, to be written to', async () => {
    const kv = await kvOnDisk();
    expect(await kv('bucket create sessions')).toMatchObject({ outcome: 0, text: '', stderr: '' });
    expect((await kv('keys -b sessions')).outcome).toBe(0);
    expect((await kv('-b sessions set k v')).outcome).toBe(0);
    expect((await kv('bucket list')).text).toBe('sessions\n');
  });

  it('says so on a terminal, unless -q, and with --json', async () => {
    const kv = kvInMemory();
    expect((await kv('bucket create a', onTerminal)).stderr).toBe('created bucket "a"\n');
    expect((await kv('bucket create b -q', onTerminal)).stderr).toBe('');
    expect((await kv('bucket create c --json')).text).toBe('{"created":"c"}\n');
  });

  it('is no error where there is one of that name, with --if-absent', async () => {
    const kv = kvInMemory();
    expect((await kv('bucket create b --if-absent --json')).text).toBe('{"created":"b"}\n');
    await kv('-b b set k v');
    expect((await kv('bucket create b --if-absent --json')).text).toBe('{"exists":"b"}\n');
    expect((await kv('bucket create b --if-absent', onTerminal)).stderr).toBe(
      'bucket "b" is there already\n',
    );
    expect((await kv('-b b get k')).text).toBe('v');
    expect((await kv(['bucket', 'create', '', '--if-absent'])).error?.code).toBe('invalid-bucket');
  });

  it('is not done twice, and keeps what is there', async () => {
    const kv = kvInMemory();
    await kv('set k v');
    const { outcome, error } = await kv('bucket create default');
    expect([outcome, error?.code]).toEqual([3, 'bucket-exists']);
    expect((await kv('get k')).text).toBe('v');
  });

  it.each(['with space', 'UPPER', 'a@b', 'a/b', '..', '__proto__', 'ünï', '😀', 'n'.repeat(256)])(
    'takes the name %j',
    async (name) => {
      const kv = await kvOnDisk();
      await kv(['bucket', 'create', name]);
      await kv(['set', 'k', 'v', '-b', name]);
      expect((await kv(['get', 'k', '-b', name])).text).toBe('v');
      expect((await kv('bucket list')).text).toBe(`${name}\n`);
    },
  );

  it.each(['', 'a\nb', 'a\0b', 'a\x1b', 'a\x7f', 'a\x9b', 'n'.repeat(257), 'é'.repeat(129)])(
    'refuses the name %j',
    async (name) => {
      const kv = await kvOnDisk();
      const { outcome, error } = await kv(['bucket', 'create', name]);
      expect([outcome, error?.code]).toEqual([4, 'invalid-bucket']);
      expect((await kv('bucket list')).text).toBe('');
    },
  );

  it('needs one name', async () => {
    expect((await kvInMemory()('bucket create')).outcome).toBe(2);
    expect((await kvInMemory()('bucket create a b')).outcome).toBe(2);
  });
});
