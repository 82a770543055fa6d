import { describe, expect, it } from 'vitest';
import { controls, hostile, longestKey } from '../support/odd-text.js';
import { kvInMemory, kvOnDisk, onTerminal } from '../support/run-command.js';

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('stat', () => {
  it('is one field a line in a pipe, name and value split by a tab', async () => {
    const kv = await kvOnDisk();
    await kv('set k hello');
    const { outcome, text } = await kv('stat k');
    const fields = text.split('\n').map((line) => line.split('\t'));
    expect(outcome).toBe(0);
    expect(fields).toEqual([
      ['key', 'k'],
      ['size', '5'],
      ['version', expect.stringMatching(/^\d+$/)],
      ['modified', expect.stringMatching(time)],
      ['kind', 'inline'],
      [''],
    ]);
  });

  it('is one object with --json, with numbers as numbers', async () => {
    const kv = await kvOnDisk();
    const before = Date.now();
    await kv('set k', { stdin: Buffer.alloc(300_000) });
    const stat = JSON.parse((await kv('stat k --json')).text);
    expect(stat).toEqual({
      key: 'k',
      size: 300_000,
      version: expect.any(Number),
      modified: expect.stringMatching(time),
      kind: 'chunked',
    });
    expect(Date.parse(stat.modified)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(stat.modified)).toBeLessThanOrEqual(Date.now());
  });

  it('is aligned and readable on a terminal', async () => {
    const kv = kvInMemory();
    await kv('set k', { stdin: Buffer.alloc(2048) });
    expect((await kv('stat k', onTerminal)).text).toMatch(
      /^key {7}k\nsize {6}2\.0 KiB \(2048 bytes\)\nversion {3}\d+\nmodified {2}.*Z \(just now\)\nkind {6}inline\n$/,
    );
  });

  it('has a version that grows with every write, whatever is written', async () => {
    const kv = await kvOnDisk();
    const versions: number[] = [];
    for (const words of [
      'set k 1',
      'set k 1',
      'set other 1',
      'incr k',
      'cas k 2 2',
      'rename other k',
    ]) {
      await kv(words);
      versions.push(JSON.parse((await kv('stat k --json')).text).version);
    }
    // The third write is to another key.
    expect(versions[2]).toBe(versions[1]);
    versions.splice(2, 1);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  });

  it('is an error for a missing key', async () => {
    const { outcome, error, text } = await kvInMemory()('stat k');
    expect([outcome, error?.code, text]).toEqual([1, 'absent', '']);
    expect(error?.message).toBe('cannot stat "k": there is no such key');
  });

  it('is one field a line for any key', async () => {
    const kv = kvInMemory();
    for (const key of ['line\nbreak\tand tab', longestKey, '__proto__']) {
      await kv(['set', key, '']);
      expect((await kv(['stat', key])).text.split('\n')).toHaveLength(6);
      expect(JSON.parse((await kv(['stat', key, '--json'])).text).key).toBe(key);
    }
  });

  it('lets no control character of the key reach a terminal', async () => {
    const kv = kvInMemory();
    await kv(['set', hostile, '']);
    for (const json of [[], ['--json']]) {
      const { text } = await kv(['stat', hostile, ...json], onTerminal);
      expect(text.replaceAll('\n', '')).not.toMatch(controls);
    }
  });

  it('is an error for what is no key, and for a missing bucket', async () => {
    const kv = kvInMemory();
    expect((await kv(['stat', ''])).outcome).toBe(4);
    expect((await kv('stat k -b missing')).outcome).toBe(6);
    expect((await kv('stat')).outcome).toBe(2);
  });
});
