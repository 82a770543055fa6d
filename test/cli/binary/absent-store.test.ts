/** A store that is not there: empty where that loses nothing and can be no slip, else an error. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectRefusal } from '../../support/refusal.js';
import { Shell } from '../../support/shell.js';

const grants = join(import.meta.dirname, '../../guests/grants.wasm');

const readers = [
  ...['get k', 'get k --default v', 'get-many a b', 'exists k', 'keys', 'keys --count', 'stat k'],
  ...['export', 'export -o good.ndjson', 'bucket list', 'bucket info', 'store info'],
  `run ${grants} -b default:ro -- default`,
  ...['du', 'diff a b', 'grep x', 'watch --limit 1', 'store gc'],
];

const changers = [
  ...['delete k', 'delete --prefix k', 'delete -n --prefix k', 'delete-many a', 'cas k 1 2'],
  ...['copy a b', 'rename a b', 'set k v --if-present', 'set k v --if-version 1'],
  ...['bucket delete b', 'bucket clear b', 'bucket rename b c', 'bucket copy b c'],
  ...['take k', 'take --first k', 'expire k 1h', 'decr k', 'edit k'],
];

const absent = (path: string) => ({
  status: 6,
  message: `cannot open store "${path}": there is none yet`,
  hint: /^the first write makes it/,
});

describe('a path that was named and holds no store', () => {
  it('is an error for every verb that reads, and for what changes something', async () => {
    const shell = new Shell(undefined, { EDITOR: 'true' });
    writeFileSync(join(shell.folder, 'good.ndjson'), 'backup');
    mkdirSync(join(shell.folder, 'unmounted'));
    for (const words of [...readers, ...changers]) {
      expectRefusal(await shell.run(`kv -s nodir ${words}`), absent('nodir'));
    }
    expectRefusal(await shell.run('kv export -o good.ndjson -s unmounted'), absent('unmounted'));
    expectRefusal(await shell.run('KV_STORE=nodir kv keys'), absent('nodir'));
    expectRefusal(await shell.run('kv -s nodir --read-only set k v'), absent('nodir'));
    expect(await shell.succeed('cat good.ndjson')).toBe('backup');
    expect(existsSync(join(shell.folder, 'nodir'))).toBe(false);
  });

  it('becomes a store with the first write', async () => {
    const shell = new Shell();
    for (const words of ['set k v', 'incr n', 'set-many a=1', 'bucket create b']) {
      const path = words.replaceAll(/\W/g, '');
      await shell.succeed(`kv -s ${path} ${words} && kv -s ${path} keys`);
    }
    await shell.succeed(`echo '{"key":"a","value":"1"}' | kv -s new import -n`);
    expect(existsSync(join(shell.folder, 'new'))).toBe(false);
  });

  it('is an error for the line of a script that reads, and made by the first that writes', async () => {
    const shell = new Shell();
    for (const script of ['get k', 'keys', 'delete k', 'store info']) {
      const { status, stderr } = await shell.run(`kv -s nodir exec <<< '${script}'`);
      expect([status, stderr.split('\n')[0]]).toEqual([
        6,
        'kv: stdin:1: cannot open store "nodir": there is none yet',
      ]);
    }
    expect(existsSync(join(shell.folder, 'nodir'))).toBe(false);
    const lines = ['get k', 'incr n', 'incr n', 'get n'].join('\n');
    const { text } = await shell.run('kv -s nodir exec --keep-going', { stdin: lines });
    expect(text).toBe('1\n2\n2');
    expect(await shell.succeed('kv -s nodir get n')).toBe('2');
  });

  it('is so in one transaction too, which begins with the line that makes it', async () => {
    const shell = new Shell();
    const atomic = (stdin: string) => shell.run('kv -s nodir exec --atomic', { stdin });
    for (const script of ['keys\n', 'get k\nset k v\n']) {
      expectRefusal(await atomic(script), {
        ...absent('nodir'),
        message: `stdin:1: ${absent('nodir').message}`,
      });
    }
    expect(existsSync(join(shell.folder, 'nodir'))).toBe(false);
    const failed = await atomic('--version\nset a 1\nset b 2\nget b\nget none\n');
    expect([failed.status, failed.text.split('\n').at(-1)]).toEqual([1, '2']);
    expect(await shell.succeed('kv -s nodir keys')).toBe('');
    expect((await atomic('set a 1\nincr a\n')).text).toBe('2\n');
    expect(await shell.succeed('kv -s nodir get a')).toBe('2');
  });
});

describe('the default path', () => {
  it('reads as empty before the first write, which is not made by reading', async () => {
    const shell = new Shell();
    expect(await shell.succeed('kv keys; kv keys --count; kv bucket list')).toBe('0\n');
    expect(await shell.succeed('kv exec <<< "keys --count"')).toBe('0\n');
    expect(await shell.succeed('kv exec --atomic <<< "keys --count"')).toBe('0\n');
    expect(existsSync(shell.store)).toBe(false);
    expect(await shell.succeed('kv exec', { stdin: 'keys --count\nincr n\nkeys\n' })).toBe(
      '0\n1\nn\n',
    );
  });

  it('is no empty backup', async () => {
    const shell = new Shell();
    writeFileSync(join(shell.folder, 'good.ndjson'), 'backup');
    expectRefusal(await shell.run('kv export -o good.ndjson'), absent(shell.store));
    expect(await shell.succeed('cat good.ndjson')).toBe('backup');
  });
});
