import { describe, expect, it } from 'vitest';
import { controls, hostile, longestKey, oddKeys } from '../support/odd-text.js';
import { type Kv, kvInMemory, kvOnDisk, onTerminal } from '../support/run-command.js';
import { Shell } from '../support/shell.js';

async function kvWith(...keys: string[]): Promise<Kv> {
  const kv = kvInMemory();
  for (const key of keys) await kv(['set', '--', key, 'value']);
  return kv;
}

const sessions = () => kvWith('session/1', 'session/2', 'sessions', 'user');

const keysOf = async (kv: Kv) => (await kv('keys')).text.split('\n').slice(0, -1);

describe('by name', () => {
  it('deletes one key, and several', async () => {
    const kv = await kvWith('a', 'b', 'c', 'd');
    expect(await kv('delete a')).toMatchObject({ outcome: 0, text: '', stderr: '' });
    expect((await kv('delete b d')).outcome).toBe(0);
    expect(await keysOf(kv)).toEqual(['c']);
  });

  it('passes over a key that is not there', async () => {
    const kv = await kvWith('a', 'b');
    expect((await kv('delete missing a')).outcome).toBe(0);
    expect((await kv('delete missing')).outcome).toBe(0);
    expect(await keysOf(kv)).toEqual(['b']);
  });

  it('says how many there were on a terminal, unless -q', async () => {
    const kv = await kvWith('a', 'b', 'c', 'd');
    expect((await kv('delete a missing', onTerminal)).stderr).toBe('deleted 1 key\n');
    expect((await kv('delete b c', onTerminal)).stderr).toBe('deleted 2 keys\n');
    expect((await kv('delete b c', onTerminal)).stderr).toBe('deleted 0 keys\n');
    expect((await kv('delete d -q', onTerminal)).stderr).toBe('');
  });

  it('says it as an object with --json', async () => {
    expect((await (await kvWith('a'))('delete a b --json')).text).toBe('{"deleted":1}\n');
  });

  it('counts a key that is given twice once', async () => {
    expect((await (await kvWith('a'))('delete a a --json')).text).toBe('{"deleted":1}\n');
  });

  it('is also called del and rm', async () => {
    const kv = await kvWith('a', 'b', 'c');
    await kv('del a');
    await kv('rm b');
    expect(await keysOf(kv)).toEqual(['c']);
  });

  it.each(oddKeys)('deletes %j, and nothing beside it', async (key) => {
    const kv = await kvWith(...oddKeys);
    await kv(['delete', '--', key]);
    expect((await kv(['exists', '--', key])).outcome).toBe(1);
    expect(await keysOf(kv)).toHaveLength(oddKeys.length - 1);
  });

  it.each(['', `${longestKey}k`])('deletes nothing where one is no key', async (key) => {
    const kv = await kvWith('a');
    const { outcome, error } = await kv(['delete', 'a', key]);
    expect([outcome, error?.code]).toEqual([4, 'invalid-key']);
    expect(await keysOf(kv)).toEqual(['a']);
  });

  it('gives back the room of a large value', async () => {
    const kv = await kvOnDisk();
    await kv('set big', { stdin: Buffer.alloc(6_000_000) });
    await kv('delete big');
    expect(JSON.parse((await kv('store info --json')).text)).toMatchObject({
      chunkedValues: 0,
      uploads: 0,
    });
  });
});

describe('with no key behind --', () => {
  it('deletes nothing, and is no error', async () => {
    const kv = await kvWith('a');
    expect(await kv('delete --')).toMatchObject({ outcome: 0, text: '', stderr: '' });
    expect((await kv('delete --json --')).text).toBe('{"deleted":0}\n');
    expect((await kv('delete --dry-run --')).outcome).toBe(0);
    for (const words of ['delete-many --', 'get-many --']) {
      expect(await kv(words)).toMatchObject({ outcome: 0, text: '' });
    }
    expect(await keysOf(kv)).toEqual(['a']);
  });

  it.each(['delete', 'delete --prefix a --', 'get-many', 'get --'])(
    'is not what %j says',
    async (words) => {
      expect((await (await kvWith('a'))(words)).outcome).toBe(2);
    },
  );

  it('is what xargs asks for where nothing matches', async () => {
    const shell = new Shell();
    const purge = 'kv keys -0 tmp/ | xargs -0 kv delete --';
    await shell.succeed(`set -o pipefail; ${purge}`);
    await shell.succeed(`kv set-many tmp/a=1 tmp/b=2 keep=3; kv set -- -tmp 1; ${purge}`);
    expect(await shell.succeed('kv keys')).toBe('-tmp\nkeep\n');
    await shell.succeed(`set -o pipefail; ${purge}`);
    expect(await shell.succeed('kv keys')).toBe('-tmp\nkeep\n');
  });
});

describe('by prefix', () => {
  it('deletes what begins with it, with --yes', async () => {
    const kv = await sessions();
    expect(await kv('delete --prefix session/ --yes')).toMatchObject({ outcome: 0, questions: [] });
    expect(await keysOf(kv)).toEqual(['sessions', 'user']);
  });

  it('asks a person, and obeys yes', async () => {
    const kv = await sessions();
    const { outcome, questions, stderr } = await kv('delete --prefix session/', {
      ...onTerminal,
      answers: [true],
    });
    expect(outcome).toBe(0);
    expect(questions).toEqual(['delete 2 keys beginning with "session/" from bucket "default"?']);
    expect(stderr).toBe('deleted 2 keys\n');
    expect(await keysOf(kv)).toEqual(['sessions', 'user']);
  });

  it('obeys no, with the status of what was not confirmed', async () => {
    const kv = await sessions();
    const { outcome, error } = await kv('delete --prefix session/', {
      ...onTerminal,
      answers: [false],
    });
    expect([outcome, error?.code]).toEqual([2, 'not-confirmed']);
    expect(error?.message).toMatch(/^did not delete 2 keys .*: the answer was no$/);
    expect(await keysOf(kv)).toHaveLength(4);
  });

  it.each([
    ['without a terminal', 'delete --prefix session/', {}],
    ['where stderr goes elsewhere', 'delete --prefix session/', { stdinKind: 'terminal' }],
    ['with --no-input', 'delete --prefix session/ --no-input', onTerminal],
  ] as const)('refuses %s', async (_, words, terminal) => {
    const kv = await sessions();
    const { outcome, error, questions } = await kv(words, terminal);
    expect([outcome, error?.code, questions.length]).toEqual([2, 'not-confirmed', 0]);
    expect(error?.hint).toBe('try: --yes to delete them, --dry-run to see them');
    expect(await keysOf(kv)).toHaveLength(4);
  });

  it('has nothing to ask where nothing begins so', async () => {
    const { outcome, questions } = await (await sessions())('delete --prefix x');
    expect([outcome, questions.length]).toEqual([0, 0]);
  });

  it('shows no control character of the prefix in its question', async () => {
    const kv = await kvWith(hostile);
    const { questions } = await kv(['delete', '--prefix', hostile], {
      ...onTerminal,
      answers: [false],
    });
    expect(questions[0]).toContain('\\x1b');
    expect(questions[0]).not.toMatch(controls);
  });

  it('deletes many keys at once, and no other', async () => {
    const kv = await kvOnDisk();
    const pairs = (prefix: string) => Array.from({ length: 5000 }, (_, i) => `${prefix}${i}=`);
    await kv(['set-many', ...pairs('a/'), ...pairs('b/'), ...pairs('c/')]);
    expect((await kv('delete --prefix b/ --yes --json')).text).toBe('{"deleted":5000}\n');
    expect((await kv('keys --count')).text).toBe('10000\n');
    expect((await kv('keys b/ --count')).text).toBe('0\n');
  });
});

describe('--dry-run', () => {
  it('prints the keys that would go, and deletes none', async () => {
    const kv = await sessions();
    const byPrefix = await kv('delete --prefix session/ --dry-run');
    expect([byPrefix.outcome, byPrefix.text]).toEqual([0, 'session/1\nsession/2\n']);
    expect((await kv('delete user missing sessions -n')).text).toBe('user\nsessions\n');
    expect(await keysOf(kv)).toHaveLength(4);
  });

  it('asks nothing, and ends with a count for a person', async () => {
    const kv = await sessions();
    const { questions, stderr } = await kv('delete --prefix session/ -n', onTerminal);
    expect([questions.length, stderr]).toEqual([0, '2 keys would be deleted\n']);
  });

  it('wins over --yes', async () => {
    const kv = await sessions();
    await kv('delete --prefix session/ -n -y');
    expect(await keysOf(kv)).toHaveLength(4);
  });

  it('is one object a line with --json', async () => {
    const { text } = await (await sessions())('delete --prefix session/ -n --json');
    expect(text).toBe('{"key":"session/1"}\n{"key":"session/2"}\n');
  });

  it('lets no control character reach a terminal', async () => {
    const { text } = await (await kvWith(hostile))(['delete', '-n', hostile], onTerminal);
    expect(text.trimEnd()).not.toMatch(controls);
  });

  it('does with a store that takes no writes', async () => {
    const { outcome, text } = await (await sessions())('--read-only delete --prefix s -n');
    expect([outcome, text]).toEqual([0, 'session/1\nsession/2\nsessions\n']);
  });
});

describe('the words', () => {
  it.each(['delete', 'delete a --prefix b'])('are either keys or a prefix: %s', async (words) => {
    const { outcome, error } = await (await kvWith('a', 'b'))(words);
    expect(outcome).toBe(2);
    expect(error?.message).toBe('either KEYs or --prefix');
    expect(error?.hint).toContain('usage: kv delete [KEY...]');
  });

  it('need a bucket that is there', async () => {
    const { outcome, error } = await kvInMemory()('-b missing delete a');
    expect([outcome, error?.code]).toEqual([6, 'no-bucket']);
  });

  it('change nothing with --read-only', async () => {
    const kv = await kvWith('a');
    expect((await kv('--read-only delete a')).error?.code).toBe('read-only');
    expect(await keysOf(kv)).toEqual(['a']);
  });
});

describe('on a condition', () => {
  it.each([
    ['--if-value', (_: number) => 'mine'],
    ['--if-version', (version: number) => String(version)],
  ])('%s deletes where it holds', async (option, held) => {
    const kv = kvInMemory();
    await kv('set k mine');
    const { version } = JSON.parse((await kv('stat k --json')).text);
    const other = await kv(['delete', 'k', option, '0']);
    expect([other.outcome, other.error?.code]).toEqual([3, 'condition-failed']);
    expect((await kv('get k')).text).toBe('mine');
    const done = await kv(['delete', 'k', option, held(version), '--json']);
    expect([done.outcome, done.text]).toEqual([0, '{"deleted":1}\n']);
    const gone = await kv(['delete', 'k', option, held(version)]);
    expect([gone.outcome, gone.error?.message]).toEqual([
      3,
      'cannot delete "k": there is no such key',
    ]);
  });

  it.each([
    ['a b --if-value v', 'a condition is on one KEY'],
    ['--prefix a --if-version 1', 'a condition is on one KEY'],
    ['a --if-value v --if-version 1', 'only one of --if-version, --if-value'],
    ['a --if-value v -n', 'either a condition or --dry-run, not both'],
  ])('takes one key and one condition: %s', async (words, message) => {
    const kv = await kvWith('a', 'b');
    const { outcome, error } = await kv(`delete ${words}`);
    expect([outcome, error?.message]).toEqual([2, message]);
    expect(await keysOf(kv)).toEqual(['a', 'b']);
  });
});
