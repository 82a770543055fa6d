import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kvOnDisk, onTerminal } from '../support/run-command.js';

const fields = [
  'path',
  'format',
  'buckets',
  'keys',
  'chunked values',
  'expired',
  'uploads',
  'file size',
  'free size',
  'page size',
  'readers',
  'last transaction',
];

describe('store info', () => {
  it('counts what the store holds', async () => {
    const kv = await kvOnDisk();
    await kv('bucket create other');
    await kv('set-many a=1 b=2');
    await kv('set big -b other', { stdin: Buffer.alloc(300_000) });
    const { outcome, text } = await kv('store info --json');
    const info = JSON.parse(text);
    expect(outcome).toBe(0);
    expect(info).toMatchObject({ format: 2, buckets: 2, keys: 3, chunkedValues: 1, uploads: 0 });
    expect(info.fileSize).toBe(statSync(join(info.path, 'data.mdb')).size);
    expect(info.readers).toBeGreaterThanOrEqual(1);
  });

  it('shows the room that a deleted value leaves', async () => {
    const kv = await kvOnDisk();
    const freeSize = async () => JSON.parse((await kv('store info --json')).text).freeSize;
    await kv('set big', { stdin: Buffer.alloc(5_000_000) });
    const before = await freeSize();
    await kv('delete big');
    expect(await freeSize()).toBeGreaterThan(before + 4_900_000);
  });

  it('counts the transactions', async () => {
    const kv = await kvOnDisk();
    const last = async () => JSON.parse((await kv('store info --json')).text).lastTransaction;
    await kv('set a 1');
    const before = await last();
    await kv('set a 2');
    expect(await last()).toBe(before + 1);
    await kv('get a');
    expect(await last()).toBe(before + 1);
  });

  it('is one field a line in a pipe, split by a tab', async () => {
    const kv = await kvOnDisk();
    const lines = (await kv('store info')).text.trimEnd().split('\n');
    expect(lines.map((line) => line.split('\t')[0])).toEqual(fields);
    for (const line of lines.slice(1)) expect(line).toMatch(/^[a-z ]+\t\d+$/);
  });

  it('is aligned, with sizes for a person, on a terminal', async () => {
    const kv = await kvOnDisk();
    const lines = (await kv('store info', onTerminal)).text.trimEnd().split('\n');
    expect(lines).toHaveLength(fields.length);
    expect(lines).toContain('page size         4096');
    expect(lines.find((line) => line.startsWith('file size'))).toMatch(/^file size {9}\d+ KiB$/);
  });

  it('takes no argument', async () => {
    expect((await (await kvOnDisk())('store info here')).outcome).toBe(2);
  });
});
