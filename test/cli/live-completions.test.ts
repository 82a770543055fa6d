/** Real shells complete stored keys, whatever they hold, and run what came of it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasShell, type Kind, LiveShell } from '../support/live-shell.js';
import { hostile } from '../support/odd-text.js';
import { Shell } from '../support/shell.js';

/** One key with everything in it that means something to a shell, or to a terminal. */
const everything = `w '"\\$(touch evil)\`touch evil\`!;&|<>*?[]{}#~=:@%^\n$x${hostile}ü`;

/** Keys by what is typed of them. */
const typedKeys: Readonly<Record<string, string>> = {
  a: 'a space  and another ',
  b: 'b\'single\' c"double" d\\back\\\\slash\\',
  e: 'e$(rm -rf ~)',
  f: 'f`touch evil`;touch evil&|<>(){}^%',
  h: 'h!bang!!',
  i: 'i\nnew\nlines\n',
  l: 'l:colon:=equals=@at@',
  'l:colon:=e': 'l:colon:=equals=@at@',
  o: 'o*?[x]{a,b}#hash ~ $HOME',
  r: 'r\u{1f600}ü\u3000',
  '\\$': '$(rm -rf ~)',
  "'$": '$(rm -rf ~)',
  '\\~': '~tilde',
  '\\=': '=first',
  '-- -': '-dash',
};

/** What shells with `$'…'` can be told, and fish only in part. */
const posixKeys: Readonly<Record<string, string>> = {
  k: hostile,
  w: everything,
  "'w": everything,
  '"w': everything,
  "$'w": everything,
  "$'\\x1b": '\x1b[2Jfirst',
  '\\!': '!first',
  '"h!b': 'h!bang!!',
};

const fishKeys: Readonly<Record<string, string>> = {
  '"a': 'a space  and another ',
  "'b": 'b\'single\' c"double" d\\back\\\\slash\\',
  '\\e': '\x1b[2Jfirst',
};

const many = Array.from({ length: 300 }, (_, number) => `user/${number}/name`);

let folder: string;
let shell: Shell;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kv-live-'));
  shell = new Shell(folder);
  writeFileSync(join(folder, 'home', 'precious'), '');
  const keys = new Set([typedKeys, posixKeys, fishKeys].flatMap(Object.values));
  keys.add('nul\0inside');
  load('default', [...keys, ...many]);
  load('other bucket', ['only here', 'zebra']);
  load('default', ['elsewhere'], join(folder, 'other store'));
});

afterAll(() => {
  expect(existsSync(join(folder, 'home', 'precious'))).toBe(true);
  expect(existsSync(join(folder, 'work', 'evil'))).toBe(false);
  rmSync(folder, { recursive: true, force: true });
});

describe.each<[Kind, Readonly<Record<string, string>>]>([
  ['bash', { ...typedKeys, ...posixKeys }],
  ['zsh', { ...typedKeys, ...posixKeys }],
  ['fish', { ...typedKeys, ...fishKeys }],
])('in %s', (kind, keys) => {
  const absent = !hasShell(kind);
  let live: LiveShell;

  beforeAll(async () => {
    if (absent) return;
    live = await LiveShell.open(kind, shell);
    const other = join(folder, 'other store');
    await live.complete(kind === 'fish' ? `set OTHER '${other}'` : `OTHER='${other}'`);
  });
  afterAll(() => live?.close());

  /** Completes the line, which writes a value to a file, and runs it: the value is the key. */
  const got = async (line: string) => {
    rmSync(join(shell.folder, 'out'), { force: true });
    const status = await live.complete(line);
    return status === 0
      ? readFileSync(join(shell.folder, 'out'), 'utf8')
      : (await live.wholeLines()).join('\n');
  };

  it.skipIf(absent).each(Object.keys(keys))(
    'completes the key that begins with %s',
    async (start) => {
      expect(await got(`kv get -o out ${start}`)).toBe(keys[start]);
    },
  );

  it.skipIf(absent).each([
    ['kv -b "other bucket" get -o out on', 'only here'],
    ["kv get -b'other bucket' -o out on", 'only here'],
    ['kv get --bucket=other\\ bucket -o out on', 'only here'],
    ['kv get -s "$OTHER" -o out el', 'elsewhere'],
    ["kv --store '../other store' get -o out el", 'elsewhere'],
  ])('takes store and bucket from the line: %s', async (line, key) => {
    expect(await got(line)).toBe(key);
  });

  // bash does not show it to whoever completes.
  it.skipIf(absent || kind === 'bash')('takes them from what is set for the command', async () => {
    expect(await got("KV_STORE='../other store' kv get -o out el")).toBe('elsewhere');
    expect(await got("true; KV_BUCKET='other bucket' kv get -o out on")).toBe('only here');
  });

  it.skipIf(absent)('completes the bucket that a component is granted', async () => {
    await live.type('kv run -b in=ot');
    await live.press('Tab');
    const line = await live.line('kv run -b in=ot');
    expect(line.trimEnd()).toBe('kv run -b in=other\\ bucket');
    await live.press('C-c');
  });

  it.skipIf(absent)('completes a bucket, and the value of an option', async () => {
    expect(await got('kv get -o out zebra -b ot')).toBe('zebra');
    expect(await live.complete('kv bucket info --json ot')).toBe(0);
    expect((await live.wholeLines()).join('')).toContain('"bucket":"other bucket"');
    expect(await live.complete('kv keys --limit 1 --start=us')).toBe(0);
    expect(await live.wholeLines()).toContain('user/0/name');
  });

  // fish does not show it to whoever completes.
  it.skipIf(absent || kind === 'fish')(
    'takes store and bucket from behind the cursor as well',
    async () => {
      const end = ' -o out -b "other bucket"';
      await live.type(`kv get on${end}`);
      await live.press(...Array<string>(end.length).fill('Left'), 'Tab');
      expect(await live.enter()).toBe(0);
      expect(readFileSync(join(shell.folder, 'out'), 'utf8')).toBe('only here');
    },
  );

  it.skipIf(absent)('goes from one separator to the next, and lists what there is', async () => {
    await live.type('kv get -o out us');
    await live.press('Tab');
    // What all keys have in common, although only some of them are listed.
    expect(await live.line('kv get -o out us')).toBe('kv get -o out user/');
    await live.type('299');
    await live.press('Tab');
    expect(await live.enter()).toBe(0);
    expect(readFileSync(join(shell.folder, 'out'), 'utf8')).toBe('user/299/name');
  });

  it.skipIf(absent)('offers nothing, and makes nothing, where there is no store', async () => {
    expect(await live.complete('kv -s ../nowhere exists us')).toBe(6);
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  });

  it.skipIf(absent)('lists every key without one control character of theirs', async () => {
    await live.type('kv get ');
    await live.press('Tab', 'Tab');
    await live.shows((lines) => lines.join('\n').includes('tilde'));
    await live.press('C-c');
    for (const text of ['\x1b]0;owned', '\x9b2J', '\u202e', '\u2028', '\x1b[2Jfirst', 'inside']) {
      expect(live.bytes()).not.toContain(text);
    }
  });
});

/** Each key's value is the key. */
function load(bucket: string, keys: readonly string[], store = shell.store): void {
  const input = keys.map((key) => `${JSON.stringify({ key, value: key })}\n`).join('');
  for (const words of [
    ['bucket', 'create', bucket, '-s', store],
    ['import', '-q', '-b', bucket, '-s', store],
  ]) {
    const { status, stderr } = spawnSync('kv', words, { env: shell.env, input, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }
}

describe('kv __complete', () => {
  const ask = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync('kv', ['__complete', ...words], {
      env: shell.env,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };

  it('prints what a word may become, a line each, and whether it goes on', () => {
    expect(ask('bash', 'kv get u', '', 'u').stdout).toBe('words\n\n+user/\n');
    expect(ask('bash', 'kv get user/29', '', 'user/29').stdout).toMatch(
      /^words\n\n(?:\.user\/29\d?\/name\n){11}$/,
    );
    expect(ask('bash', 'kv keys --start -', '', '-').stdout).toBe('words\n\n.-dash\n');
    expect(ask('bash', 'kv keys --start=us', '', 'us').stdout).toBe('words\n--start=\n+user/\n');
    expect(ask('zsh', 'kv bucket i', '', '').stdout).toBe(
      'words\n\n.info\tinfo  -- Show what a bucket holds\n',
    );
    expect(ask('fish', 'kv bucket i').stdout).toBe('words\0\0info\tShow what a bucket holds\0');
  });

  it('has the shell complete files, and says what of the word is none', () => {
    expect(ask('bash', 'kv get k --output=no', '', 'no').stdout).toBe(
      'files\n--output=\nno\n--output=\n',
    );
    expect(ask('zsh', 'kv get k -ono', '', '').stdout).toBe('files\n-o\n');
    expect(ask('fish', 'kv import no').stdout).toBe('files\0\0');
  });

  it('takes what stands behind the cursor, also where a quote is open', () => {
    expect(ask('bash', "kv get 'on", "ly' -b 'other bucket'", 'on').stdout).toBe(
      "words\n\n.only here'\n",
    );
  });

  it('prints nothing, not even an error, where nothing can be known', () => {
    const nothing = { stdout: '', stderr: '' };
    const store = join(folder, 'nowhere');
    for (const line of [
      `kv -s ${store} get `,
      'kv -b nope get ',
      'kv -s $(ls) get ',
      'kv -s /etc get ',
      'kv frobnicate ',
      'kv get $(ls)',
      `kv get ${'k'.repeat(3000)}`,
      'kv',
      '',
    ]) {
      for (const shell of ['bash', 'fish']) {
        expect(ask(shell, line, '', '')).toMatchObject(nothing);
      }
    }
    for (const shell of ['zsh', 'csh']) {
      expect(ask(shell, 'kv -b nope get ', '', '')).toMatchObject(nothing);
    }
    expect(ask('zsh', 'kv get ', '', 'KV_STORE=$(ls) kv get ')).toMatchObject(nothing);
    expect(ask()).toMatchObject(nothing);
    expect(existsSync(store)).toBe(false);
  });

  it('is nowhere told of', () => {
    for (const words of [['help'], ['completion', 'bash'], ['__complet'], ['exec']]) {
      const run = spawnSync('kv', words, { env: shell.env, input: '__complete', encoding: 'utf8' });
      const told = run.stdout.replace(/^.*command (?:env|kv).*$/gm, '') + run.stderr;
      expect(told).not.toMatch(/__complete\b(?!")/);
    }
  });
});
