/** Dumps of LMDB that hold databases with names. */
import { describe, expect, it } from 'vitest';
import { type Kv, kvInMemory, kvOnDisk } from '../support/run-command.js';

const dump = (name: string | undefined, ...pairs: [string, string][]) =>
  [
    'VERSION=3',
    'format=print',
    ...(name === undefined ? [] : [`database=${name}`]),
    'type=btree',
    'HEADER=END',
    ...pairs.flatMap(([key, value]) => [` ${key}`, ` ${value}`]),
    'DATA=END',
    '',
  ].join('\n');

const users = dump('users', ['a', '1'], ['b', '2']);
const orders = dump('orders', ['a', '9']);
const both = users + orders;

const content = async (kv: Kv, bucket: string) => (await kv(`-b ${bucket} get-many a b`)).text;

describe.each([
  ['in memory', async () => kvInMemory()],
  ['on the disk', kvOnDisk],
])('a dump of several databases %s', (_, open) => {
  it('is refused before anything is stored, with the ways to choose', async () => {
    const kv = await open();
    const { error } = await kv('import --format mdb', { stdin: both });
    expect(error?.message).toBe(
      'stdin:5: it holds the database "users", which is not the bucket "default"',
    );
    expect(error?.secondLine).toMatch(/^nothing was stored; --database "users" .*, --create /);
    expect((await kv('keys')).text).toBe('');
  });

  it.each(['', ' --atomic', ' --mode replace', ' --mode insert'])(
    'becomes a bucket each with --create%s',
    async (mode) => {
      const kv = await open();
      await kv('set here 1');
      await kv('bucket create users');
      if (mode === ' --mode replace') await kv('-b users set old 1');
      const stdin = dump(undefined, ['main', '0']) + both;
      const { outcome } = await kv(`import --format mdb --create${mode}`, { stdin });
      expect(outcome).toBe(0);
      expect((await kv('bucket list')).text).toBe('default\norders\nusers\n');
      expect(await content(kv, 'users')).toBe('a\t1\nb\t2\n');
      expect((await kv('-b users keys --count')).text).toBe('2\n');
      expect((await kv('-b orders get a')).text).toBe('9');
      expect((await kv('keys')).text).toBe(mode === ' --mode replace' ? 'main\n' : 'here\nmain\n');
    },
  );

  it.each(['--atomic', '--mode replace', '--dry-run'])(
    'changes no bucket with %s where a record of the last is bad',
    async (mode) => {
      const kv = await open();
      await kv('bucket create users');
      await kv('-b users set old 1');
      const stdin = users + orders.replace(' 9', ' \\x');
      const { error } = await kv(`import --format mdb --create ${mode}`, { stdin });
      expect(error?.message).toMatch(/^stdin:16: /);
      expect((await kv('bucket list')).text).toBe('users\n');
      expect((await kv('-b users keys')).text).toBe('old\n');
    },
  );

  it('may be rehearsed: what would be made is empty', async () => {
    const kv = await open();
    const words = 'import --format mdb --create --dry-run --mode insert --json';
    const { outcome, text } = await kv(words, { stdin: both });
    expect([outcome, JSON.parse(text).written]).toEqual([0, 3]);
    expect((await kv('bucket list')).text).toBe('');
  });

  it('goes on where it stopped', async () => {
    const kv = await open();
    const broken = users + orders.replace(' 9', ' \\x');
    const { error } = await kv('import --format mdb --create', { stdin: broken });
    const skip = /^committed through line 15; resume with --skip (15)$/.exec(error!.secondLine)![1];
    await kv('-b users set a changed');
    const again = `import --format mdb --create --skip ${skip} --json`;
    expect(JSON.parse((await kv(again, { stdin: both })).text).read).toBe(1);
    expect((await kv('-b orders get a')).text).toBe('9');
    expect((await kv('-b users get a')).text).toBe('changed');
  });

  it('gives one of them with --database', async () => {
    const kv = await open();
    const words = ['import', '--format', 'mdb', '--database', 'orders'];
    expect((await kv(words, { stdin: both })).outcome).toBe(0);
    expect((await kv('export')).text).toBe('{"key":"a","value":"9"}\n');
    expect((await kv('bucket list')).text).toBe('default\n');
    const none = await kv(['import', '--format', 'mdb', '--database', 'x'], { stdin: both });
    expect(none.error?.message).toBe('stdin:18: there is no database "x" in it');
  });

  it('reads one whose name is that of the current bucket as it is', async () => {
    const kv = await open();
    await kv('bucket create users');
    expect((await kv('-b users import --format mdb', { stdin: users })).outcome).toBe(0);
    expect(await content(kv, 'users')).toBe('a\t1\nb\t2\n');
    expect((await kv('-b users import --format mdb', { stdin: both })).error?.message).toMatch(
      /^stdin:15: it holds the database "orders", which is not the bucket "users"$/,
    );
  });

  it.each([
    ['x'.repeat(257), /no bucket can have the name of a database: .*257 bytes/],
    ['a\x01b', /no bucket can have the name of a database: .*control character/],
    ['', /no bucket can have the name of a database: .*empty/],
  ])('is refused where a name can be no bucket’s: %j', async (name, message) => {
    const kv = await open();
    const { error } = await kv('import --format mdb --create', { stdin: dump(name, ['a', '1']) });
    expect(error?.message).toMatch(message);
    expect(error?.message).toMatch(/^stdin:5: /);
    expect((await kv('bucket list')).text).toBe('');
  });

  it('takes very many small ones', async () => {
    const kv = await open();
    const names = Array.from({ length: 200 }, (_, index) => `db${index}`);
    const stdin = names.map((name) => dump(name, ['k', name])).join('');
    expect((await kv('import --format mdb --create --atomic', { stdin })).outcome).toBe(0);
    expect((await kv('-b db199 get k')).text).toBe('db199');
  });
});

it('--create makes the bucket, whatever the format', async () => {
  const kv = kvInMemory();
  const stdin = '{"key":"a","value":"1"}\n';
  expect((await kv('-b new import', { stdin })).error?.code).toBe('no-bucket');
  expect((await kv('-b new import --create --dry-run', { stdin })).outcome).toBe(0);
  expect((await kv('bucket list')).text).toBe('');
  expect((await kv('-b new import --create', { stdin })).outcome).toBe(0);
  expect((await kv('-b new get a')).text).toBe('1');
});
