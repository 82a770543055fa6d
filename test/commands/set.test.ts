import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { controls, hostile, longestKey, oddKeys } from '../support/odd-text.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { kvInMemory, kvOnDisk, onTerminal } from '../support/run-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';

describe('the value', () => {
  it('is the word after the key', async () => {
    const kv = kvInMemory();
    expect((await kv('set k hello')).outcome).toBe(0);
    expect((await kv('get k')).text).toBe('hello');
  });

  it('may be empty, which is not absent', async () => {
    const kv = kvInMemory();
    expect((await kv(['set', 'k', ''])).outcome).toBe(0);
    expect((await kv('get k')).outcome).toBe(0);
    expect((await kv('get k')).text).toBe('');
    expect((await kv('exists k')).text).toBe('true\n');
  });

  it('may begin with a dash after --', async () => {
    const kv = kvInMemory();
    await kv(['set', '--', 'k', '--json']);
    expect((await kv('get k')).text).toBe('--json');
  });

  it('is what comes through stdin, where no word is given', async () => {
    const kv = kvInMemory();
    await kv('set k', { stdin: 'from a pipe\n' });
    expect((await kv('get k')).text).toBe('from a pipe\n');
  });

  it('is empty where nothing comes through stdin', async () => {
    const kv = kvInMemory();
    expect((await kv('set k', { stdin: '' })).outcome).toBe(0);
    expect((await kv('stat k --json')).text).toContain('"size":0');
  });

  it('is stdin for -, typed or piped', async () => {
    const kv = kvInMemory();
    await kv('set k -', { stdin: 'typed\n', stdinKind: 'terminal' });
    expect((await kv('get k')).text).toBe('typed\n');
    await kv('set k --file -', { stdin: 'piped' });
    expect((await kv('get k')).text).toBe('piped');
  });

  it('is a file with -f', async () => {
    const kv = kvInMemory();
    const file = join(temporaryFolder(), 'value');
    writeFileSync(file, patternedBytes(100_000));
    await kv(['set', 'k', '-f', file], { stdin: 'not this' });
    expect((await kv('get k')).stdout.equals(patternedBytes(100_000))).toBe(true);
  });

  it('is the word even where stdin is a pipe', async () => {
    const kv = kvInMemory();
    await kv('set k word', { stdin: 'not this' });
    expect((await kv('get k')).text).toBe('word');
  });

  it('is any bytes', async () => {
    const kv = kvInMemory();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        await kv('set k', { stdin: bytes });
        expect((await kv('get k')).stdout.equals(bytes)).toBe(true);
      }),
    );
  });

  it('may be larger than what is held in memory', async () => {
    const kv = await kvOnDisk();
    const bytes = patternedBytes(9 * 1024 * 1024 + 1);
    await kv('set k', { stdin: bytes });
    expect((await kv('get k')).stdout.equals(bytes)).toBe(true);
    expect((await kv('stat k --json')).text).toContain('"kind":"chunked"');
  });

  it('replaces the one before, whole', async () => {
    const kv = await kvOnDisk();
    await kv('set k', { stdin: patternedBytes(5_000_000) });
    await kv('set k short');
    expect((await kv('get k')).text).toBe('short');
  });

  it.each(['terminal', 'none'] as const)(
    'is not waited for on a stdin of kind %s',
    async (kind) => {
      const kv = kvInMemory();
      const { outcome, error } = await kv('set k', { stdin: 'never read', stdinKind: kind });
      expect(outcome).toBe(2);
      expect(error?.message).toBe('missing VALUE: stdin is neither a pipe nor a file');
      expect(error?.hint).toContain('kv set KEY -');
      expect((await kv('exists k')).outcome).toBe(1);
    },
  );

  it('cannot be a word and a file', async () => {
    const { outcome, error } = await kvInMemory()('set k word -f file');
    expect(outcome).toBe(2);
    expect(error?.message).toBe('either a VALUE or --file, not both');
    expect(error?.hint).toContain('usage: kv set KEY');
  });

  it('leaves the old one where its file cannot be read', async () => {
    const kv = kvInMemory();
    const folder = temporaryFolder();
    await kv('set k old');
    const missing = await kv(['set', 'k', '-f', join(folder, 'missing')]);
    expect([missing.outcome, missing.error?.code]).toEqual([6, 'io']);
    expect(missing.error?.message).toContain('no such file');
    expect((await kv(['set', 'k', '-f', folder])).error?.message).toContain('it is a directory');
    expect((await kv('get k')).text).toBe('old');
  });
});

describe('the key', () => {
  it.each(oddKeys)('may be %j', async (key) => {
    const kv = await kvOnDisk();
    await kv(['set', '--', key, 'value']);
    expect((await kv(['get', '--', key])).text).toBe('value');
    expect((await kv('keys -0')).text).toBe(`${key}\0`);
  });

  it('is kept as it is typed: no part, no case and no space of it means anything', async () => {
    const kv = kvInMemory();
    const keys = ['a', 'A', 'a ', ' a', 'a@b', 'a@c', 'a/b', '/a'];
    for (const key of keys) await kv(['set', key, `value of ${key}`]);
    for (const key of keys) expect((await kv(['get', key])).text).toBe(`value of ${key}`);
  });

  it.each([
    ['', 'cannot use an empty key: a key has at least 1 byte'],
    [`${longestKey}k`, 'cannot use a key of 1979 bytes: the limit is 1978 bytes'],
    ['é'.repeat(990), 'cannot use a key of 1980 bytes: the limit is 1978 bytes'],
  ])('is refused over its limits', async (key, message) => {
    const kv = await kvOnDisk();
    const { outcome, error } = await kv(['set', key, 'value']);
    expect(outcome).toBe(4);
    expect(error?.code).toBe('invalid-key');
    expect(error?.message).toBe(message);
    expect((await kv('keys --count')).text).toBe('0\n');
  });

  it('may not be missing', async () => {
    const { outcome, error } = await kvInMemory()('set');
    expect([outcome, error?.message]).toEqual([2, 'missing argument KEY']);
  });
});

describe('a condition', () => {
  const conditions = ['--if-absent', '--if-present', '--if-version'] as const;

  it('--if-absent holds once', async () => {
    const kv = kvInMemory();
    expect((await kv('set k 1 --if-absent')).outcome).toBe(0);
    const second = await kv('set k 2 --if-absent');
    expect([second.outcome, second.error?.code]).toEqual([3, 'condition-failed']);
    expect(second.error?.message).toBe('cannot set "k": the key is there already');
    expect((await kv('get k')).text).toBe('1');
  });

  it('--if-absent takes an empty value for one', async () => {
    const kv = kvInMemory();
    await kv(['set', 'k', '']);
    expect((await kv('set k 2 --if-absent')).outcome).toBe(3);
  });

  it('--if-present holds where the key is there', async () => {
    const kv = kvInMemory();
    const first = await kv('set k 1 --if-present');
    expect([first.outcome, first.error?.message]).toEqual([
      3,
      'cannot set "k": there is no such key',
    ]);
    expect((await kv('exists k')).outcome).toBe(1);
    await kv('set k 1');
    expect((await kv('set k 2 --if-present')).outcome).toBe(0);
    expect((await kv('get k')).text).toBe('2');
  });

  it('--if-version holds for the version that stat prints, once', async () => {
    const kv = await kvOnDisk();
    await kv('set k 1');
    const { version } = JSON.parse((await kv('stat k --json')).text);
    expect((await kv(`set k 2 --if-version ${version}`)).outcome).toBe(0);
    const again = await kv(`set k 3 --if-version ${version}`);
    expect(again.outcome).toBe(3);
    expect(again.error?.message).toMatch(/^cannot set "k": its version is \d+, not \d+$/);
    expect((await kv('get k')).text).toBe('2');
  });

  it('--if-version notices a delete and a new set of the same value', async () => {
    const kv = await kvOnDisk();
    await kv('set k same');
    const { version } = JSON.parse((await kv('stat k --json')).text);
    await kv('delete k');
    expect((await kv(`set k 2 --if-version ${version}`)).outcome).toBe(3);
    await kv('set k same');
    expect((await kv(`set k 2 --if-version ${version}`)).outcome).toBe(3);
  });

  it.each(['x', '-1', '1.5', '', '9007199254740993'])('--if-version refuses %j', async (text) => {
    const { outcome, error } = await kvInMemory()(['set', 'k', 'v', '--if-version', text]);
    expect(outcome).toBe(2);
    expect(error?.message).toContain('is not a whole number');
  });

  it('stands alone', async () => {
    const kv = kvInMemory();
    for (const [one, other] of [
      [conditions[0], conditions[1]],
      [conditions[0], `${conditions[2]}=0`],
      [conditions[1], `${conditions[2]}=1`],
    ]) {
      const { outcome, error } = await kv(`set k v ${one} ${other}`);
      expect(outcome).toBe(2);
      expect(error?.message).toBe(`only one of ${one}, ${other!.replace(/=.*/, '')}`);
    }
    expect((await kv('exists k')).outcome).toBe(1);
  });

  it('that fails leaves stdin unread', async () => {
    const kv = kvInMemory();
    await kv('set k 1');
    const failing = await kv('set k --if-absent', { stdin: 'new' });
    expect([failing.outcome, failing.stdinWasRead]).toEqual([3, false]);
    const holding = await kv('set k --if-present', { stdin: 'new' });
    expect([holding.outcome, holding.stdinWasRead]).toEqual([0, true]);
  });
});

describe('what it says', () => {
  it('is nothing in a pipe', async () => {
    const { text, stderr } = await kvInMemory()('set k v');
    expect([text, stderr]).toEqual(['', '']);
  });

  it('is a remark on a terminal, which -q leaves out', async () => {
    const kv = kvInMemory();
    expect((await kv('set k hello', onTerminal)).stderr).toBe('set "k": 5 B\n');
    expect((await kv('set k hello', onTerminal)).text).toBe('');
    expect((await kv('set k hello -q', onTerminal)).stderr).toBe('');
  });

  it('is one object with --json', async () => {
    const kv = kvInMemory();
    const { text } = await kv(['--json', 'set', 'a "key"', 'hello']);
    expect(text).toMatch(/^\{.*\}\n$/);
    const { key, size, version } = JSON.parse(text);
    expect([key, size]).toEqual(['a "key"', 5]);
    expect(JSON.parse((await kv(['stat', '--json', 'a "key"'])).text).version).toBe(version);
  });

  it('lets no control character of the key reach a terminal', async () => {
    const { stderr } = await kvInMemory()(['set', hostile, 'v'], onTerminal);
    expect(stderr).toContain('\\x1b');
    expect(stderr.trimEnd()).not.toMatch(controls);
    const { text } = await kvInMemory()(['set', hostile, 'v', '--json'], onTerminal);
    expect(text.trimEnd()).not.toMatch(controls);
    expect(JSON.parse(text).key).toBe(hostile);
  });
});

describe('the bucket', () => {
  it('default is made by the first write, and no other', async () => {
    const kv = kvInMemory();
    await kv('set k v');
    const { outcome, error } = await kv('-b other set k v');
    expect([outcome, error?.code]).toEqual([6, 'no-bucket']);
    expect(error?.hint).toContain('kv bucket create NAME');
    expect((await kv('bucket list')).text).toBe('default\n');
  });

  it('is another with -b', async () => {
    const kv = kvInMemory();
    await kv('bucket create other');
    await kv('-b other set k there');
    await kv('set k here');
    expect((await kv('get k -b other')).text).toBe('there');
    expect((await kv('get k')).text).toBe('here');
  });

  it('stays as it is with --read-only', async () => {
    const kv = kvInMemory();
    await kv('set k old');
    const { outcome, error } = await kv('--read-only set k new');
    expect([outcome, error?.code]).toEqual([6, 'read-only']);
    expect((await kv('get k')).text).toBe('old');
  });
});

describe('--if-value', () => {
  it('sets where the value is that, byte for byte, whatever its size', async () => {
    const kv = await kvOnDisk();
    const long = 'x'.repeat(100_000);
    for (const value of ['', 'open', long]) {
      await kv(['set', 'k', value]);
      expect((await kv(['set', 'k', 'next', '--if-value', `${value}y`])).outcome).toBe(3);
      expect((await kv(['set', 'k', 'next', '--if-value', value])).outcome).toBe(0);
      expect((await kv('get k')).text).toBe('next');
    }
  });

  it('changes nothing where it is another, or there is no such key', async () => {
    const kv = kvInMemory();
    const absent = await kv('set k new --if-value old');
    expect([absent.outcome, absent.error?.code]).toEqual([3, 'condition-failed']);
    expect(absent.error?.message).toBe('cannot set "k": there is no such key');
    await kv('set k other');
    const { outcome, error } = await kv('set k new --if-value old');
    expect([outcome, error?.message]).toEqual([3, 'cannot set "k": its value is another']);
    expect((await kv('get k')).text).toBe('other');
  });
});

describe('--get', () => {
  it.each([3, 100_000, 600_000])('prints the %i bytes that were there', async (size) => {
    const kv = await kvOnDisk();
    expect(await kv('set k new --get')).toMatchObject({ outcome: 0, text: '', stderr: '' });
    await kv('set k', { stdin: patternedBytes(size) });
    const { stdout } = await kv('set k new --get');
    expect(stdout.equals(patternedBytes(size))).toBe(true);
    expect((await kv('get k')).text).toBe('new');
  });

  it('is a record, or null where there was none, with --json', async () => {
    const kv = kvInMemory();
    expect((await kv('set k a --get --json')).text).toBe('{"key":"k","value":null}\n');
    const { version } = JSON.parse((await kv('stat k --json')).text);
    expect(JSON.parse((await kv('set k b --get --json')).text)).toMatchObject({
      key: 'k',
      value: 'a',
      version,
    });
  });

  it('prints nothing where a condition does not hold', async () => {
    const kv = kvInMemory();
    await kv('set k old');
    expect(await kv('set k new --get --if-absent')).toMatchObject({ outcome: 3, text: '' });
    expect((await kv('set k new --get --if-value old')).text).toBe('old');
  });

  it.each([
    ['set a 1 EX 10', '--ttl'],
    ['set a 1 NX', '--if-absent'],
    ['set a 1 xx', '--if-present'],
    ['set a 1 KEEPTTL', '--keep-ttl'],
  ])('says of %s which option that is here', async (line, option) => {
    const { error } = await kvInMemory()(line);
    expect(error?.message).toMatch(`is not expected: did you mean "${option}"?`);
  });
});
