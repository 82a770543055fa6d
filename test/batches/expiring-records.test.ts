/** Records that expire, exported and imported. */
import { describe, expect, test } from 'vitest';
import { type Kv, kvInMemory, kvOnDisk } from '../support/run-command.js';

const TIME = '2999-01-01T00:00:00.000Z';

/** What is imported of some lines: the outcome, and each key with when it expires. */
async function imported(kv: Kv, lines: readonly string[], options = ''): Promise<string[]> {
  const words = `import --on-error skip${options}`;
  const { outcome, stderr } = await kv(words, { stdin: `${lines.join('\n')}\n` });
  const { text } = await kv('keys -l --json');
  const entries = text.split('\n').filter((line) => line !== '');
  const kept = entries.map((line) => {
    const { key, expires = 'never' } = JSON.parse(line);
    return `${key} ${expires}`;
  });
  const reasons = stderr.split('\n').filter((line) => line.includes('stdin:'));
  return [`${outcome}`, ...kept, ...reasons];
}

describe.each(['ndjson', 'csv', 'tsv'])('%s', (format) => {
  test('an export is imported as the same bucket, with when its records expire', async () => {
    const kv = await kvOnDisk();
    await kv('set a 1');
    await kv(`set b 2 --expires ${TIME}`);
    await kv('set c --expires 9999-12-31T23:59:59.999Z', { stdin: '' });
    await kv(`set binary --expires ${TIME}`, { stdin: Buffer.from([0xff, 0, 0x22]) });
    await kv(`set large --expires ${TIME}`, { stdin: Buffer.alloc(300_000, 'x') });
    await kv('set gone 1 --expires 2001-01-01');
    const first = (await kv(`export --format ${format}`)).stdout;
    await kv('bucket create other');
    const { outcome } = await kv(`import --format ${format} -b other`, { stdin: first });
    expect(outcome).toBe(0);
    expect((await kv('stat large -b other')).text).toContain(`expires\t${TIME}`);
    expect((await kv('stat a -b other')).text).not.toContain('expires');
    expect((await kv(`export --format ${format} -b other`)).stdout.equals(first)).toBe(true);
  });
});

test('a value over the limit of a whole record keeps when it expires', async () => {
  const kv = await kvOnDisk();
  await kv(`set k --expires ${TIME}`, { stdin: Buffer.alloc(17 * 1024 * 1024, 'x') });
  const { stdout } = await kv('export');
  await kv('delete k');
  expect((await kv('import', { stdin: stdout })).outcome).toBe(0);
  expect((await kv('stat k')).text).toContain(`expires\t${TIME}`);
});

test.each([
  ['before', `"expires":"${TIME}",`, ''],
  ['behind', '', `,"expires":"${TIME}"`],
])('a long value may have when it expires %s it', async (_, before, behind) => {
  const kv = await kvOnDisk();
  const stdin = `{"key":"k",${before}"value":"${'x'.repeat(17 * 1024 * 1024)}"${behind}}\n`;
  expect((await kv('import', { stdin })).outcome).toBe(0);
  expect((await kv('stat k')).text).toContain(`expires\t${TIME}`);
});

test('ndjson says it only where there is something to say', async () => {
  const kv = kvInMemory();
  await kv(`set a 1 --expires ${TIME}`);
  await kv('set b 2');
  expect((await kv('export')).text).toBe(
    `{"key":"a","expires":"${TIME}","value":"1"}\n{"key":"b","value":"2"}\n`,
  );
});

test('an export to mdb says how many records expire, which it cannot hold', async () => {
  const kv = kvInMemory();
  await kv('set b 2');
  expect((await kv('export --format mdb')).stderr).toBe('');
  await kv(`set a 1 --expires ${TIME}`);
  expect((await kv('export --format mdb')).stderr).toMatch(/^1 record expires, which this format/);
});

test('import takes a time, and seconds from now or since the epoch', async () => {
  const before = Date.now();
  const kv = kvInMemory();
  const lines = [
    `{"key":"a","value":"1","expires":"${TIME}"}`,
    '{"key":"b","value":"1","expires":"2999-01-01"}',
    '{"key":"c","value":"1","expiration":32472144000}',
    '{"key":"d","value":"1","expiration":null,"ttl":null}',
    '{"key":"e","value":"1","ttl":60.5}',
    '{"key":"f","value":"1","expiration_ttl":60}',
  ];
  const [outcome, a, b, c, d, e, f] = await imported(kv, lines);
  expect([outcome, a, b, c, d]).toEqual(['0', `a ${TIME}`, `b ${TIME}`, `c ${TIME}`, 'd never']);
  for (const [line, milliseconds] of [
    [e, 60_500],
    [f, 60_000],
  ] as const) {
    const from = Date.parse(line!.split(' ')[1]!) - milliseconds;
    expect(from).toBeGreaterThanOrEqual(before);
    expect(from).toBeLessThanOrEqual(Date.now());
  }
});

test('columns say the same, and an empty field says nothing', async () => {
  const kv = kvInMemory();
  const lines = [
    'key,ttl,value,expiration,expires',
    `a,,1,,${TIME}`,
    'b,,1,32472144000,',
    'c,,1,,',
  ];
  expect(await imported(kv, lines, ' --format csv')).toEqual([
    '0',
    `a ${TIME}`,
    `b ${TIME}`,
    'c never',
  ]);
});

test.each([
  ['"expires":"soon"', '"expires" is no time such as 2026-11-26T12:00:00Z'],
  ['"expires":"2026-02-30"', '"expires" is no time such as 2026-11-26T12:00:00Z'],
  ['"expires":7', '"expires" is no time such as 2026-11-26T12:00:00Z'],
  ['"ttl":0', '"ttl" is no number of seconds above 0'],
  ['"ttl":-5', '"ttl" is no number of seconds above 0'],
  ['"expiration_ttl":"60s"', '"expiration_ttl" is no number of seconds above 0'],
  ['"expiration":true', '"expiration" is neither a text nor a number'],
  ['"expiration":1e12', '"expiration": no record can expire after the year 9999'],
  ['"ttl":300000000000', '"ttl": no record can expire after the year 9999'],
  ['"ttl":1,"expiration":2', 'both "ttl" and "expiration" say when it expires'],
  ['"ttl":1,"ttl":2', '"ttl" is there twice'],
])('a record with %s is rejected, and the next one is read', async (members, reason) => {
  const kv = kvInMemory();
  const lines = [`{"key":"a","value":"1",${members}}`, '{"key":"b","value":"2"}'];
  expect(await imported(kv, lines)).toEqual(['4', 'b never', `stdin:1: ${reason}`]);
});

test('what has expired already is not stored, and told', async () => {
  const kv = kvInMemory();
  await kv('set b old');
  const stdin = [
    '{"key":"a","value":"1","expiration":1000}',
    '{"key":"b","value":"1","expires":"2001-01-01"}',
    '{"key":"c","value":"1"}',
  ].join('\n');
  const { outcome, stderr } = await kv('import', { stdin });
  expect(outcome).toBe(0);
  expect(stderr).toContain('read 3 records, wrote 1, rejected 0, left out 2 that had expired');
  expect((await kv('keys --values')).text).toBe('b\told\nc\t1\n');
  const json = JSON.parse((await kv('import --json', { stdin })).text);
  expect(json).toMatchObject({ read: 3, written: 1, rejected: 0, expired: 2 });
});
