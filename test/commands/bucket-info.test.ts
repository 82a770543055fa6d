import { describe, expect, it } from 'vitest';
import { kvInMemory, kvOnDisk, onTerminal } from '../support/run-command.js';

describe('bucket info', () => {
  it('adds up the values of a bucket', async () => {
    const kv = await kvOnDisk();
    await kv('bucket create b');
    await kv('set-many -b b a=1 empty=');
    await kv('set big -b b', { stdin: Buffer.alloc(300_000) });
    await kv('set elsewhere v');
    expect(JSON.parse((await kv('bucket info b --json')).text)).toEqual({
      bucket: 'b',
      keys: 3,
      valueBytes: 300_001,
      chunkedValues: 1,
      indexBytes: expect.any(Number),
      created: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it('is of the current bucket where none is named', async () => {
    const kv = kvInMemory();
    await kv('bucket create b');
    await kv('set k v -b b');
    await kv('set-many a=1 b=2');
    expect(JSON.parse((await kv('bucket info --json')).text).keys).toBe(2);
    expect(JSON.parse((await kv('bucket info --json -b b')).text).keys).toBe(1);
    expect(JSON.parse((await kv('bucket info default --json -b b')).text).keys).toBe(2);
  });

  it('is one field a line in a pipe, split by a tab', async () => {
    const kv = kvInMemory();
    await kv('bucket create b');
    const lines = (await kv('bucket info b')).text.trimEnd().split('\n');
    expect(lines.map((line) => line.split('\t')[0])).toEqual([
      'bucket',
      'keys',
      'value bytes',
      'chunked values',
      'index bytes',
      'created',
    ]);
    expect(lines.slice(0, 3)).toEqual(['bucket\tb', 'keys\t0', 'value bytes\t0']);
  });

  it('is aligned and readable on a terminal', async () => {
    const kv = kvInMemory();
    await kv('bucket create b');
    await kv('set k -b b', { stdin: Buffer.alloc(2048) });
    const { text } = await kv('bucket info b', onTerminal);
    expect(text).toContain('value bytes     2.0 KiB\n');
    expect(text).toMatch(/^created {9}.*Z \(just now\)$/m);
  });

  it('is an error for a bucket that is not there', async () => {
    const { outcome, error, text } = await kvInMemory()('bucket info missing');
    expect([outcome, error?.code, text]).toEqual([6, 'no-bucket', '']);
  });
});
