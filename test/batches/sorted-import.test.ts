/** Imports in no order into a bucket that is too large for that: they are sorted on the disk first. */
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Shell, until } from '../support/shell.js';

/** What a bucket holds beforehand: over 32,000 pages. */
const HELD = { records: 2_300, bytes: 60_000 };

/** Records of a file, in no order; some keys come twice. */
const COUNT = 40_000;
const keyAt = (at: number) => `key ${(at * 7_919) % 30_011}`;

const base = mkdtempSync(join(tmpdir(), 'kv-test-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
let filling: Promise<Shell> | undefined;

/** A shell with a copy of one store. */
async function shellWithLargeBucket(): Promise<Shell> {
  filling ??= filled(new Shell(base));
  const { store } = await filling;
  const shell = new Shell();
  await cp(store, shell.store, { recursive: true });
  return shell;
}

async function filled(shell: Shell): Promise<Shell> {
  const file = createWriteStream(join(shell.folder, 'held.ndjson'));
  for (let at = 0; at < HELD.records; at++) {
    file.write(`{"key":"key ${at}.held","value":"${'x'.repeat(HELD.bytes)}"}\n`);
  }
  await new Promise<void>((resolve) => file.end(resolve));
  await shell.succeed('kv import held.ndjson && rm held.ndjson');
  return shell;
}

/** The file, with another line in the place of some. */
async function write(shell: Shell, others: Record<number, string> = {}): Promise<void> {
  const file = createWriteStream(join(shell.folder, 'in.ndjson'));
  for (let at = 1; at <= COUNT; at++) {
    file.write(`${others[at] ?? `{"key":"${keyAt(at)}","value":"value ${at}"}`}\n`);
  }
  await new Promise<void>((resolve) => file.end(resolve));
}

/** What the store has of the file's keys, as a whole import has left it. */
const listed = (shell: Shell) =>
  shell.succeed(
    `kv export --format ndjson | grep -v '[.]held"' | jq -c '{key, value}' | sha256sum`,
  );

it('the last record of a key stands, whatever came between', async () => {
  const shell = await shellWithLargeBucket();
  const large = `{"key":"${keyAt(1)}","value":"${'large '.repeat(50_000)}"}`;
  await write(shell, {
    20000: large,
    30000: `{"key":"key expiring","value":"1","ttl":3600}`,
    39999: `{"key":"key last","value":"first"}`,
    40000: `{"key":"key last","value":"second"}`,
  });
  expect(await shell.succeed('kv import in.ndjson 2>&1')).toContain(`wrote ${COUNT}, rejected 0`);
  const last = new Map<string, string>();
  for (let at = 1; at < 39_999; at++) {
    if (at === 20_000) last.set(keyAt(1), 'large '.repeat(50_000));
    else if (at !== 30_000) last.set(keyAt(at), `value ${at}`);
  }
  last.set('key last', 'second').set('key expiring', '1');
  const lines = await shell.succeed(`kv export --format ndjson | grep -v '[.]held"'`);
  const there = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(new Map(there.map(({ key, value }) => [key, value]))).toEqual(last);
  expect(there.filter(({ expires }) => expires).map(({ key }) => key)).toEqual(['key expiring']);
  expect(await shell.succeed('kv keys --count')).toBe(`${last.size + HELD.records}\n`);
  expect(await shell.succeed('kv store check')).toMatch(/^OK/);
});

it('a fault ends it where it says, and going on makes it whole', async () => {
  const shell = await shellWithLargeBucket();
  await write(shell);
  await shell.succeed('kv -s whole import in.ndjson');
  const whole = await shell.succeed(
    `kv -s whole export --format ndjson | jq -c '{key, value}' | sha256sum`,
  );
  await write(shell, { 25001: '{"key":1}' });
  const { status, stderr } = await shell.run('kv import in.ndjson');
  expect(status).toBe(4);
  expect(stderr).toContain('committed through line 25000; resume with --skip 25000');
  expect(await shell.succeed(`kv get '${keyAt(25_000)}'`)).toBe('value 25000');
  await write(shell);
  await shell.succeed('kv import in.ndjson --skip 25000');
  expect(await listed(shell)).toBe(whole);
});

it('one that is killed leaves no file, and is done again', async () => {
  const shell = await shellWithLargeBucket();
  await write(shell);
  await shell.succeed('kv -s whole import in.ndjson');
  const whole = await shell.succeed(
    `kv -s whole export --format ndjson | jq -c '{key, value}' | sha256sum`,
  );
  const before = shell.files(shell.store);
  const kv = shell.start('import', '-');
  const closed = new Promise((resolve) => kv.once('close', resolve));
  kv.stdin.on('error', () => {});
  for (let at = 1; at <= 20_000; at++) {
    kv.stdin.write(`{"key":"${keyAt(at)}","value":"value ${at}"}\n`);
  }
  // Falling silent, it writes what it has.
  await until(async () => (await shell.run(`kv exists '${keyAt(20_000)}'`)).status === 0);
  for (let at = 20_001; at <= COUNT; at++) {
    kv.stdin.write(`{"key":"${keyAt(at)}","value":"value ${at}"}\n`);
  }
  kv.kill('SIGKILL');
  await closed;
  expect(shell.files(shell.store)).toEqual(before);
  await shell.succeed('kv import in.ndjson --skip 20000');
  expect(await listed(shell)).toBe(whole);
  expect(await shell.succeed('kv store check')).toMatch(/^OK/);
});

it('only what may overwrite is sorted, and a dry run writes nothing', async () => {
  const shell = await shellWithLargeBucket();
  await write(shell);
  await shell.succeed('kv import -n in.ndjson');
  expect(await shell.succeed('kv keys --count')).toBe(`${HELD.records}\n`);
  await shell.succeed(`kv set '${keyAt(1)}' mine`);
  const refused = await shell.run('kv import in.ndjson --mode insert --on-error skip 2>&1');
  expect(refused.text).toContain(`wrote 30010, rejected ${COUNT - 30_010}`);
  expect(await shell.succeed(`kv get '${keyAt(1)}'; kv get '${keyAt(30_013)}'`)).toBe(
    'minevalue 2',
  );
});
