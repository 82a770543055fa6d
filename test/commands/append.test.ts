import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { patternedBytes } from '../support/patterned-bytes.js';
import { kvInMemory, kvOnDisk, onTerminal } from '../support/run-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';

describe('append', () => {
  it('adds a word, or what a pipe brings, byte for byte', async () => {
    const kv = await kvOnDisk();
    expect(await kv('append k a')).toMatchObject({ outcome: 0, text: '', stderr: '' });
    await kv('append k', { stdin: Buffer.of(0, 255, 10) });
    await kv('append k -', { stdin: patternedBytes(300_000) });
    await kv(['append', 'k', '']);
    await kv('append k z');
    const expected = [
      Buffer.from('a\0\xff\n', 'latin1'),
      patternedBytes(300_000),
      Buffer.from('z'),
    ];
    expect((await kv('get k')).stdout.equals(Buffer.concat(expected))).toBe(true);
  });

  it('makes an empty value of nothing', async () => {
    const kv = kvInMemory();
    await kv(['append', 'k', '']);
    expect(await kv('get k')).toMatchObject({ outcome: 0, text: '' });
  });

  it('adds what is in a file', async () => {
    const kv = kvInMemory();
    const file = join(temporaryFolder(), 'more');
    writeFileSync(file, 'more');
    await kv('set k some');
    await kv(['append', 'k', '-f', file]);
    expect((await kv('get k')).text).toBe('somemore');
    expect((await kv(['append', 'k', 'x', '-f', file])).error?.code).toBe('usage');
  });

  it('says what it did on a terminal, and with --json', async () => {
    const kv = kvInMemory();
    await kv('set k abc');
    expect((await kv('append k de', onTerminal)).stderr).toBe('appended 2 B to "k": 5 B\n');
    const { text } = await kv('append k f --json');
    expect(JSON.parse(text)).toEqual({
      key: 'k',
      appended: 1,
      size: 6,
      version: expect.any(Number) as number,
    });
  });

  it('keeps when the record expires', async () => {
    const kv = kvInMemory();
    await kv('set k a --ttl 1h');
    const { expires } = JSON.parse((await kv('stat k --json')).text) as { expires: string };
    await kv('append k b');
    expect(JSON.parse((await kv('stat k --json')).text)).toMatchObject({ size: 2, expires });
  });

  it('shares a transaction with its neighbours', async () => {
    const kv = await kvOnDisk();
    const { outcome } = await kv('exec --atomic', { stdin: 'append k a\nappend k b\nget none\n' });
    expect(outcome).toBe(1);
    expect((await kv('exists k')).outcome).toBe(1);
    await kv('exec', { stdin: 'append k a\nappend k "b c"\n' });
    expect((await kv('get k')).text).toBe('ab c');
  });

  it('refuses what it cannot do before it reads anything', async () => {
    const kv = kvInMemory();
    await kv('set k v');
    const input = { stdin: 'x' };
    const long = 'k'.repeat(2000);
    expect(await kv(['append', long], input)).toMatchObject({ outcome: 4, stdinWasRead: false });
    expect(await kv('append k -b none', input)).toMatchObject({ outcome: 6, stdinWasRead: false });
    expect((await kv('append k x --read-only')).error?.code).toBe('read-only');
    const asked = await kv('append k', onTerminal);
    expect([asked.outcome, asked.error?.hint]).toEqual([
      2,
      'try: kv append KEY VALUE, or kv append KEY -f FILE, or kv append KEY - to type it',
    ]);
    expect((await kv('get k')).text).toBe('v');
  });
});
