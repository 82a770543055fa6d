import { describe, expect, it } from 'vitest';
import { controls, hostile } from '../support/odd-text.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { kvInMemory, kvOnDisk, onTerminal } from '../support/run-command.js';

describe('take KEY', () => {
  it.each([0, 5, 100_000, 3_000_000])(
    'prints a value of %i bytes and deletes the key',
    async (size) => {
      const kv = await kvOnDisk();
      await kv('set k', { stdin: patternedBytes(size) });
      const { outcome, stdout, stderr } = await kv('take k');
      expect([outcome, stderr]).toEqual([0, '']);
      expect(stdout.equals(patternedBytes(size))).toBe(true);
      expect((await kv('exists k')).outcome).toBe(1);
      expect(await kv('take k')).toMatchObject({ outcome: 1, text: '' });
    },
  );

  it('prints a large value in a transaction, which can be undone', async () => {
    const kv = await kvOnDisk();
    await kv('set k', { stdin: patternedBytes(600_000) });
    const undone = await kv('exec --atomic', { stdin: 'take k\nget missing\n' });
    expect(undone.outcome).toBe(1);
    expect((await kv('exists k')).outcome).toBe(0);
    const done = await kv('exec --atomic', { stdin: 'take k\nset k after\n' });
    expect(done.stdout.equals(patternedBytes(600_000))).toBe(true);
    expect((await kv('get k')).text).toBe('after');
  });

  it('gives several keys a line each, and tells those that are not there', async () => {
    const kv = kvInMemory();
    await kv(['set-many', 'a=1', 'b=2\n', 'c=3']);
    const { outcome, text, error } = await kv('take a missing b');
    expect([outcome, text]).toEqual([1, 'a\t1\nmissing\nb\t2\\n\n']);
    expect(error?.message).toBe('cannot take "missing": there is no such key');
    expect((await kv('keys')).text).toBe('c\n');
    expect((await kv('take x y')).error?.message).toBe(
      'cannot take 2 of 2 keys: there is no such key',
    );
  });

  it('is an object with --json', async () => {
    const kv = kvInMemory();
    await kv('set k v');
    expect(JSON.parse((await kv('take k --json')).text)).toMatchObject({ key: 'k', value: 'v' });
  });

  it.each(['take', 'take a --first b'])('takes either keys or a prefix: %s', async (line) => {
    const { outcome, error } = await kvInMemory()(line);
    expect(outcome).toBe(2);
    expect(error?.message).toBe('either KEYs or --first PREFIX');
  });

  it('deletes nothing with --read-only, nor makes a bucket', async () => {
    const kv = kvInMemory();
    await kv('set k v');
    expect((await kv('take k --read-only')).error?.code).toBe('read-only');
    expect((await kv('take k -b missing')).error?.code).toBe('no-bucket');
    expect((await kv('get k')).text).toBe('v');
  });
});

describe('take --first', () => {
  it('takes the keys of a prefix in order, then says that there is none', async () => {
    const kv = await kvOnDisk();
    await kv(['set-many', 'jobs/2=b', 'jobs/1=a', 'jobz=no', 'job=no', 'jobs/ü=c']);
    const taken = [1, 2, 3].map(() => kv('take --first jobs/'));
    expect((await Promise.all(taken)).map(({ text }) => text)).toEqual(['a', 'b', 'c']);
    const { outcome, error } = await kv('take --first jobs/');
    expect(outcome).toBe(1);
    expect(error?.message).toBe('cannot take the first key of "jobs/": there is none');
    expect((await kv('keys')).text).toBe('job\njobz\n');
  });

  it('names the key on a terminal, and with --json, harmlessly', async () => {
    const kv = kvInMemory();
    await kv(['set', hostile, 'v']);
    await kv(['set', `${hostile}2`, 'v']);
    const shown = await kv(['take', '--first', ''], onTerminal);
    expect(shown.text + shown.stderr.trimEnd()).not.toMatch(controls);
    expect(shown.stderr).toMatch(/^took "/);
    const { text } = await kv(['take', '--first', '', '--json'], onTerminal);
    expect(JSON.parse(text)).toMatchObject({ key: `${hostile}2`, value: 'v' });
  });
});
