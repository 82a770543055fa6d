import { describe, expect, it } from 'vitest';
import { controls, hostile, longestKey, oddKeys } from '../support/odd-text.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { type Kv, kvInMemory, kvOnDisk, onTerminal } from '../support/run-command.js';

async function ab(): Promise<Kv> {
  const kv = kvInMemory();
  await kv('set-many a=1 b=2');
  return kv;
}

describe('get-many', () => {
  it('prints key and value, split by a tab, in the order given, doubles kept', async () => {
    const { outcome, text, stderr } = await (await ab())('get-many b a b');
    expect([outcome, text, stderr]).toEqual([0, 'b\t2\na\t1\nb\t2\n', '']);
  });

  it('prints a missing key without a tab, and is no', async () => {
    const { outcome, error, text } = await (await ab())('get-many a missing b');
    expect([outcome, error?.code]).toEqual([1, 'absent']);
    expect(text).toBe('a\t1\nmissing\nb\t2\n');
    expect(error?.message).toBe('cannot get "missing": there is no such key');
  });

  it('counts the missing ones where there are more', async () => {
    const { error, text } = await (await ab())('get-many x a y');
    expect(text).toBe('x\na\t1\ny\n');
    expect(error?.message).toBe('cannot get 2 of 3 keys: there is no such key');
  });

  it('tells an empty value from a missing key', async () => {
    const kv = kvInMemory();
    await kv('set-many empty=');
    expect((await kv('get-many empty missing')).text).toBe('empty\t\nmissing\n');
    const lines = (await kv('get-many empty missing --json')).text.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).value)).toEqual(['', null]);
  });

  it('is one object a line with --json, as get prints them', async () => {
    const kv = await ab();
    const { outcome, text } = await kv('get-many b missing a --json');
    expect(outcome).toBe(1);
    expect(text.split('\n')).toEqual([
      (await kv('get b --json')).text.trimEnd(),
      '{"key":"missing","value":null}',
      (await kv('get a --json')).text.trimEnd(),
      '',
    ]);
  });

  it('takes one line for any key and any text', async () => {
    const kv = kvInMemory();
    await kv(['set', 'line\nbreak', 'two\nlines and a \\ and a \t']);
    expect((await kv(['get-many', 'line\nbreak'])).text).toBe(
      'line\\nbreak\ttwo\\nlines and a \\\\ and a \\t\n',
    );
    for (const key of oddKeys) await kv(['set', '--', key, 'v']);
    const { outcome, text } = await kv(['get-many', '--', ...oddKeys]);
    expect([outcome, text.split('\n').length]).toEqual([0, oddKeys.length + 1]);
  });

  it('lets no control character reach a terminal', async () => {
    const kv = kvInMemory();
    await kv(['set', hostile, hostile]);
    for (const json of [[], ['--json']]) {
      const { text } = await kv(['get-many', hostile, `${hostile}x`, ...json], onTerminal);
      expect(text.replaceAll(/[\n\t]/g, '')).not.toMatch(controls);
      expect(text).toContain(json.length > 0 ? '\\u009b' : '\\x9b');
    }
  });

  it('prints text of many pieces as one', async () => {
    const kv = await kvOnDisk();
    const value = 'ä€😀'.repeat(100_000);
    await kv('set k', { stdin: value });
    expect((await kv('get-many k')).text === `k\t${value}\n`).toBe(true);
  });

  it('gives any bytes with --json', async () => {
    const kv = await kvOnDisk();
    const bytes = patternedBytes(300_000);
    await kv('set k', { stdin: bytes });
    const { value, base64 } = JSON.parse((await kv('get-many k --json')).text);
    expect(base64).toBe(true);
    expect(Buffer.from(value, 'base64').equals(bytes)).toBe(true);
  });

  it('is also called mget', async () => {
    expect((await (await ab())('mget a')).text).toBe('a\t1\n');
  });

  it('needs a key, and keys that can be', async () => {
    const kv = await ab();
    expect((await kv('get-many')).outcome).toBe(2);
    for (const key of ['', `${longestKey}k`]) {
      expect(await kv(['get-many', 'a', key])).toMatchObject({ outcome: 4, text: '' });
    }
    expect((await kv('get-many a -b missing')).outcome).toBe(6);
  });
});
