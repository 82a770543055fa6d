/**
 * Every verb once on a folder and once on Redis: the same output, the same errors, the same exit status. What Redis
 * cannot do is refused by name, and changes nothing. The verbs that start programs, or look at files of a store, are run as
 * their users run them.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { registry } from '../../src/commands/index.js';
import { guest } from '../support/guests.js';
import { keyvalueOver, openTestStore } from '../support/open-test-store.js';
import { patternedBytes } from '../support/patterned-bytes.js';
import { hasRedis, type RedisServer, startRedis } from '../support/redis-server.js';
import { redisStores } from '../support/redis-stores.js';
import { type Kv, kvOver } from '../support/run-command.js';
import { Shell } from '../support/shell.js';

const LARGE = patternedBytes(600_000);
const RECORDS = '{"key":"r/1","value":"1"}\n{"key":"r/2","value":"2"}\n';

/** Lines on one store, in order; with what is on standard input. */
const lines: readonly (readonly [line: string, stdin?: string | Uint8Array])[] = [
  ['set a 1'],
  ['set a 2 --if-absent'],
  ['set none 2 --if-present'],
  ['set a 3 --if-value 1 --get'],
  ['set a 4 --if-version 999'],
  ['set large', LARGE],
  ['set binary --json', Uint8Array.of(0, 255, 10)],
  ['set later 1 --expires 2999-01-01T00:00:00Z'],
  ['get a'],
  ['get none'],
  ['get none --default 7'],
  ['get large'],
  ['get large --range 255000-270000'],
  ['get binary --json'],
  ['append a 45'],
  ['append large', 'more'],
  ['append new --json', 'begun'],
  ['get a'],
  ['exists a'],
  ['exists none'],
  ['stat a'],
  ['stat large --json'],
  ['stat none'],
  ['incr n 41'],
  ['incr n'],
  ['incr n 18446744073709551615'],
  ['incr n x'],
  ['incr binary'],
  ['decr n 2'],
  ['decr n 41'],
  ['decr n --json 40'],
  ['cas n 0 5'],
  ['cas n 1 7'],
  ['cas n 0 6'],
  ['cas none 0 6 --json'],
  ['expire a 2999-01-01T00:00:00Z'],
  ['expire a never'],
  ['expire none never'],
  ['keys'],
  ['keys -l --json'],
  ['keys --reverse --limit 2'],
  ['keys --start b --end m --count'],
  ['keys --glob *a*'],
  ['keys --larger 1000 --values'],
  ['grep 4 --json'],
  ['grep nowhere'],
  ['du --json'],
  ['du'],
  ['set-many m/1=1 m/2=2 m/3=3'],
  ['get-many m/1 none m/3'],
  ['get-many m/1 m/2 --json'],
  ['get-many --prefix m/'],
  ['copy large copied'],
  ['copy large copied --if-absent'],
  ['copy none copied'],
  ['copy a a'],
  ['get copied'],
  ['rename copied renamed'],
  ['rename copied renamed'],
  ['rename renamed large --if-absent'],
  ['stat renamed --json'],
  ['delete-many m/1 none'],
  ['delete none'],
  ['delete a --if-value x'],
  ['delete --prefix m/ -n'],
  ['delete --prefix m/ -y'],
  ['take a'],
  ['take a'],
  ['import', RECORDS],
  ['import', RECORDS.replace('"2"}', '"3"}')],
  ['import --mode insert', RECORDS],
  ['import --on-error skip', `${RECORDS}nothing\n`],
  ['take --first r/ --json'],
  ['export r/'],
  ['export --format csv r/'],
  ['exec', 'set e/1 1\nincr e/1 41\nget e/1\nkeys e/\n'],
  ['exec', 'set e/2 1\nget none\nset e/3 1\n'],
  ['exec --keep-going', 'get none\nset e/3 1\nget e/3\n'],
  ['bucket create other'],
  ['bucket create other'],
  ['bucket create other --if-absent'],
  ['set b 1 -b other'],
  ['copy b c -b other --to-bucket default'],
  ['get b -b nowhere'],
  ['diff default other --json'],
  ['diff other other'],
  ['bucket list --json'],
  ['bucket info other --json'],
  ['bucket info nowhere'],
  ['bucket copy other third'],
  ['bucket copy other third'],
  ['keys -b third'],
  ['bucket rename third fourth'],
  ['bucket rename third fourth'],
  ['bucket clear fourth -y'],
  ['keys -b fourth --count'],
  ['bucket delete fourth -y'],
  ['bucket delete fourth -y'],
  ['import --mode replace -b other', RECORDS],
  ['keys -b other'],
  ['store gc'],
  ['help get'],
  ['completion bash'],
  ['export'],
];

/** Lines that Redis refuses, and how. */
const refused: readonly (readonly [line: string, action: string, stdin: string])[] = [
  ['exec --atomic', 'run a script with --atomic', 'set x 1\n'],
  ['import --atomic', 'import with --atomic', RECORDS],
  ['copy a b --prefix', 'copy keys by their prefix', ''],
  ['rename a b --prefix', 'rename keys by their prefix', ''],
  ['watch', 'watch bucket "default"', ''],
];

/** Scripts of a shell, by the verbs that they are about. */
const scripts: Readonly<Record<string, string>> = {
  run: `kv run ${guest('count')}; kv run ${guest('check')} 2> /dev/full < /dev/null | head -c 3; kv get runs`,
  lock: 'kv lock n --wait 0 -- sh -c "kv lock n --wait 0 -- echo never; echo \\$?; exit 7"; kv lock n -- echo free',
  edit: 'kv set k old; VISUAL="sh -c \\"echo new > \\\\\\$0\\"" kv edit k; kv get k',
  repl: 'printf "set a 1\\nincr a\\nbucket list\\n" | kv; kv __complete bash 7 "kv get "; kv __complete bash 12 "kv -b x keys "',
};

/** Those that look at the files of a store, and what refuses them. */
const onFiles: Readonly<Record<string, string>> = {
  'store check': 'kv store check',
  'store salvage': 'kv store salvage "$KV_STORE" new',
  'store readers': 'kv store readers',
  'store compact': 'kv store compact',
  'store upgrade': 'kv store upgrade',
};

/** Tried elsewhere: what they say of a store is of its kind. */
const elsewhere = ['store info', 'store backup', 'store restore'];

test('every verb is in a table', () => {
  const words = [...lines, ...refused].map(([line]) => line.split(' '));
  const isTried = (name: string) =>
    name in scripts ||
    name in onFiles ||
    elsewhere.includes(name) ||
    words.some((found) => found.slice(0, name.split(' ').length).join(' ') === name);
  expect(registry.map(({ name }) => name).filter((name) => !isTried(name))).toEqual([]);
});

describe.skipIf(!hasRedis)('on a folder and on Redis', () => {
  let server: RedisServer | undefined;
  const open = redisStores(async () => {
    server = await startRedis();
    return server;
  });

  /** What both must have in common: neither versions, nor times, nor what an index takes. */
  const told = async (kv: Kv, line: string, stdin?: string | Uint8Array) => {
    const ended = await kv(line, stdin === undefined ? {} : { stdin });
    const text = (from: string) =>
      from
        .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) => (time < '2900' ? 'TIME' : time))
        .replaceAll(/(version(?:"?[\t :]+| is ))\d+/g, '$1V')
        .replaceAll(/ in [\d.]+ s, .*/g, '')
        .replaceAll(/("indexBytes":)\d+/g, '$1N');
    return {
      line,
      outcome: ended.outcome,
      text: text(ended.stdout.toString('latin1')),
      stderr: text(ended.stderr),
      error: ended.error && [ended.error.code, text(ended.error.message), ended.error.result],
    };
  };

  test('each line does and says the same', async () => {
    const [folder, redis] = [
      kvOver(keyvalueOver(await openTestStore())),
      kvOver(keyvalueOver(open())),
    ];
    for (const [line, stdin] of lines) {
      expect.soft(await told(redis, line, stdin)).toEqual(await told(folder, line, stdin));
    }
  });

  test.each(refused)('%s is refused by name, and changes nothing', async (line, action, stdin) => {
    const kv = kvOver(keyvalueOver(open()));
    await kv('set a 1');
    const { outcome, error } = await kv(line, stdin === undefined ? {} : { stdin });
    expect([outcome, error?.code]).toEqual([2, 'not-supported']);
    expect(error?.message).toContain(`cannot ${action}: `);
    expect((await kv('keys')).text).toBe('a\n');
  });

  test('what verbs start, and Tab, see the same store', async () => {
    const shell = new Shell();
    writeFileSync(join(shell.folder, 'all'), Object.values(scripts).join('\n'));
    const tellFor = async (store: string) => {
      const { status, text, stderr } = await shell.run(`export KV_STORE=${store}; . ./all`);
      return [status, text, stderr.replaceAll(/process \d+/g, 'process N')];
    };
    const [folder, redis] = [await tellFor('s'), await tellFor(`${server!.address}/scripts`)];
    expect(redis).toEqual(folder);
    expect(redis[1]).toContain('free');
  });

  test.each(Object.entries(onFiles))('%s is refused by name', async (_name, script) => {
    const shell = new Shell();
    const { status, stderr } = await shell.run(`export KV_STORE=${server!.address}; ${script}`);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^kv: cannot .*it lies on Redis/)]);
    expect(shell.files()).toEqual([]);
  });
});
