/** What a person sees and types, at a terminal of 60 columns. */
import { describe, expect, it } from 'vitest';
import { guest } from '../../support/guests.js';
import { patternedBytes } from '../../support/patterned-bytes.js';
import { Shell, until } from '../../support/shell.js';
import { hasTmux, Screen } from '../../support/tmux.js';

async function screenWith(...pairs: string[]): Promise<Screen> {
  const shell = new Shell();
  if (pairs.length > 0) {
    await shell.succeed('xargs -0 kv set-many', { stdin: pairs.join('\0') });
  }
  return Screen.open(shell);
}

// Without tmux, a package of every distribution, these are skipped, and the report says so.
describe.runIf(hasTmux)('get', () => {
  it('shows text with its control characters as escapes, and ends the line', async () => {
    const screen = await screenWith('k=a\x1b]0;owned\x07\x1b[2Jb\tc\u009b\u202e');
    const { status, lines } = await screen.run('kv get k');
    expect(status).toBe(0);
    expect(lines).toEqual(['a\\x1b]0;owned\\x07\\x1b[2Jb       c\\x9b\\u{202e}']);
  });

  it('shows a binary value as a hex dump that fits, and says how to get it raw', async () => {
    const screen = await screenWith();
    await screen.shell.succeed('kv set k', { stdin: patternedBytes(1000) });
    const { status, lines } = await screen.run('kv get k');
    expect(status).toBe(0);
    const dump = lines.filter((line) => /^[0-9a-f]{8} {2}/.test(line));
    expect(dump.length).toBeGreaterThan(10);
    expect(dump.every((line) => line.endsWith('|'))).toBe(true);
    expect(lines.join(' ')).toContain('a binary value; as it is: kv get KEY > FILE');
  });

  it('writes to a file what a pipe would get', async () => {
    const screen = await screenWith('k=a\x1b[31mb');
    const { lines } = await screen.run('kv get k > file; kv get k -o other; od -An -c file other');
    expect(lines.join(' ').replaceAll(/\s+/g, ' ').trim()).toBe('a 033 [ 3 1 m b a 033 [ 3 1 m b');
  });

  it('says in red that a key is absent, on one line', async () => {
    const screen = await screenWith();
    const { status, lines } = await screen.run('kv get missing');
    expect([status, lines]).toEqual([1, ['kv: cannot get "missing": there is no such key']]);
  });
});

describe.runIf(hasTmux)('set', () => {
  it('without a value is a usage error, and does not wait', async () => {
    const screen = await screenWith();
    const { status, lines } = await screen.run('kv set k');
    expect(status).toBe(2);
    expect(lines[0]).toBe('kv: missing VALUE: stdin is neither a pipe nor a file');
  });

  it('takes what is typed for -, up to Ctrl-D', async () => {
    const screen = await screenWith();
    await screen.type('kv set k -');
    await screen.runs('node');
    await screen.type('typed');
    await screen.press('C-d');
    expect(await screen.status()).toBe(0);
    expect(await screen.shell.succeed('kv get k')).toBe('typed\n');
  });

  it('can be stopped while somebody types', async () => {
    const screen = await screenWith('k=old');
    await screen.type('clear; kv set k -');
    await screen.runs('node');
    await screen.type('typed');
    await screen.press('C-c');
    expect(await screen.status()).toBe(130);
    expect(await screen.shell.succeed('kv get k')).toBe('old');
  });

  it('says what it did, of any key', async () => {
    const screen = await screenWith();
    const { lines } = await screen.run(`kv set $'k\\e[31m' hello; kv set -q k hello`);
    expect(lines).toEqual(['set "k\\x1b[31m": 5 B']);
  });
});

describe.runIf(hasTmux)('lists', () => {
  it('keys -l fits, and shows no control character', async () => {
    const screen = await screenWith('plain=1', 'line\nbreak=22', 'esc\x1b[2J=333', '\u202eright=4');
    const { lines } = await screen.run('kv keys -l');
    expect(lines).toHaveLength(4);
    expect(lines.map((line) => line.trim().split(/ {2,}/).at(-1))).toEqual([
      'esc\\x1b[2J',
      'line\\nbreak',
      'plain',
      '\\u{202e}right',
    ]);
    expect(lines.every((line) => line.length <= 60)).toBe(true);
    expect((await screen.run('kv keys -0; echo')).lines.join('')).toContain('esc\\x1b[2J');
  });

  it('the table of buckets fits, its longest name cut', async () => {
    const screen = await screenWith();
    await screen.shell.succeed(`kv bucket create "$(printf 'a long name %.0s' {1..12})"
      kv bucket create short; kv set k v`);
    const { lines } = await screen.run('kv bucket list');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^BUCKET +KEYS +INDEX +CREATED$/);
    expect(lines[1]).toMatch(/^a long name .*… +0 +/);
    expect(lines.every((line) => line.length <= 60)).toBe(true);
  });

  it('fields fit', async () => {
    const screen = await screenWith('k=v');
    for (const command of ['kv stat k', 'kv bucket info', 'kv --version']) {
      const { status, lines } = await screen.run(command);
      expect(status).toBe(0);
      expect(lines.every((line) => line.length <= 60)).toBe(true);
    }
  });
});

describe.runIf(hasTmux)('delete --prefix', () => {
  async function askedFor(): Promise<Screen> {
    const screen = await screenWith('s/1=a', 's/2=b', 'other=c');
    await screen.type('clear; kv delete --prefix s/');
    await screen.shows('(y/N)');
    return screen;
  }

  it('asks, and deletes after y', async () => {
    const screen = await askedFor();
    expect(
      await screen.says('? delete 2 keys beginning with "s/" from bucket "default"? (y/N)'),
    ).toBe(true);
    await screen.type('y');
    expect(await screen.status()).toBe(0);
    expect(await screen.says('deleted 2 keys')).toBe(true);
    expect(await screen.shell.succeed('kv keys')).toBe('other\n');
  });

  it.each(['n', ''])('deletes nothing after %j', async (answer) => {
    const screen = await askedFor();
    await screen.type(answer);
    expect(await screen.status()).toBe(2);
    expect(await screen.shell.succeed('kv keys --count')).toBe('3\n');
  });

  it('deletes nothing after Ctrl-C, and leaves the terminal as it was', async () => {
    const screen = await askedFor();
    await screen.press('C-c');
    expect(await screen.status()).toBe(130);
    expect(await screen.shell.succeed('kv keys --count')).toBe('3\n');
    // What is typed shows, and Ctrl-C is a signal again.
    await screen.type('stty -a | tr " ;" "\\n" | grep -cx -e echo -e icanon -e isig');
    expect(await screen.status()).toBe(0);
    expect((await screen.lines()).at(-2)).toBe('3');
  });

  it('deletes nothing after Ctrl-D', async () => {
    const screen = await askedFor();
    await screen.press('C-d');
    expect(await screen.status()).toBe(2);
    expect(await screen.shell.succeed('kv keys --count')).toBe('3\n');
  });

  it('does not ask with --yes, nor with --no-input', async () => {
    const screen = await screenWith('s/1=a', 's/2=b', 'other=c');
    expect((await screen.run('kv delete --prefix s/ --no-input')).status).toBe(2);
    expect((await screen.run('kv delete --prefix s/ --yes')).status).toBe(0);
    expect(await screen.shell.succeed('kv keys')).toBe('other\n');
  });

  it('does not ask where stdin is no terminal', async () => {
    const screen = await screenWith('s/1=a', 's/2=b');
    expect((await screen.run('true | kv delete --prefix s/')).status).toBe(2);
    expect((await screen.run('kv delete --prefix s/ < /dev/null')).status).toBe(2);
    expect(await screen.shell.succeed('kv keys --count')).toBe('2\n');
  });

  it('asks where only stdout goes elsewhere', async () => {
    const screen = await screenWith('s/1=a', 's/2=b');
    await screen.type('clear; kv delete --prefix s/ > out');
    await screen.shows('(y/N)');
    await screen.type('y');
    expect(await screen.status()).toBe(0);
    expect(await screen.shell.succeed('cat out')).toBe('');
  });
});

describe.runIf(hasTmux)('bucket delete', () => {
  async function askedFor(): Promise<Screen> {
    const screen = await screenWith('k=v');
    await screen.type('clear; kv bucket delete default');
    await screen.shows('to go on:');
    return screen;
  }

  it('asks for the name, and deletes when it is typed', async () => {
    const screen = await askedFor();
    expect(await screen.says('delete bucket "default"? it holds 1 key.')).toBe(true);
    await screen.type('default');
    expect(await screen.status()).toBe(0);
    expect(await screen.shell.succeed('kv bucket list')).toBe('');
  });

  it('deletes nothing when another is typed', async () => {
    const screen = await askedFor();
    await screen.type('defautl');
    expect(await screen.status()).toBe(2);
    expect(await screen.says('the name typed is another')).toBe(true);
    expect(await screen.shell.succeed('kv get k')).toBe('v');
  });

  it('deletes nothing after Ctrl-C', async () => {
    const screen = await askedFor();
    await screen.press('C-c');
    expect(await screen.status()).toBe(130);
    expect(await screen.shell.succeed('kv get k')).toBe('v');
  });
});

describe.runIf(hasTmux)('Ctrl-C', () => {
  it('in the middle of an upload is 130, and the old value stands', async () => {
    const screen = await screenWith('k=old');
    await screen.shell.succeed('head -c 9000000 /dev/zero > large');
    await screen.type('clear; cat large - | kv set k; echo never');
    // The other end of the pipe waits for somebody to type.
    await until(async () => (await screen.shell.info()).uploads === 1);
    await screen.press('C-c');
    expect(await screen.status()).toBe(130);
    expect((await screen.lines()).join('\n')).not.toMatch(/^never/m);
    expect(await screen.shell.succeed('kv get k')).toBe('old');
    expect((await screen.shell.info()).uploads).toBe(0);
  });
});

describe.runIf(hasTmux)('an import', () => {
  const record = (key: string) => `echo '{"key":"${key}","value":"v"}'`;

  it('says what stands on a row of its own after Ctrl-C', async () => {
    const screen = await screenWith();
    await screen.type(`clear; (${record('a')}; cat) | kv import`);
    await until(async () => (await screen.shell.run('kv get a')).status === 0);
    await screen.press('C-c');
    expect(await screen.status()).toBe(130);
    expect(await screen.lines()).toContain('committed through line 1; resume with --skip 1');
  });

  it('has its bar on one row where the terminal becomes narrower', async () => {
    const screen = await screenWith();
    const slowly = `${record('a')}; sleep 1; ${record('b')}; cat`;
    // Below others, which a terminal does not push off the screen where it breaks the row.
    await screen.type(`clear; seq 35; (${slowly}) | kv import`);
    await screen.shows('stored through line 2');
    expect((await screen.lines()).at(-1)!.length).toBeGreaterThan(25);
    await screen.resize(25, 40);
    await until(
      async () => (await screen.lines()).slice(-2).join('\n') === '35\nstored through line 2',
    );
    await screen.press('C-c');
    expect(await screen.status()).toBe(130);
  });
});

describe.runIf(hasTmux)('run', () => {
  it('gives a guest what a person types, line by line, until Ctrl-D', async () => {
    const screen = await screenWith();
    await screen.type(`clear; kv run ${guest('cat')}`);
    await screen.runs('node');
    await screen.type('hello');
    await screen.until((lines) => lines.filter((line) => line === 'hello').length === 2);
    await screen.press('C-d');
    expect(await screen.status()).toBe(0);
  });

  it('ends a guest at Ctrl-C', async () => {
    const screen = await screenWith();
    await screen.type(`clear; kv run ${guest('loop')}`);
    await screen.shows('looping');
    await screen.press('C-c');
    expect(await screen.status()).toBe(130);
  });
});
