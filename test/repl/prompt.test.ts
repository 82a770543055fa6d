/** The prompt as a person has it: keys into a terminal of 60 columns, and what stands on it. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { controls, hostile } from '../support/odd-text.js';
import { Prompt } from '../support/prompt.js';
import { Shell, until } from '../support/shell.js';
import { hasTmux, Screen } from '../support/tmux.js';

const manyKeys = 'seq 3000 | sed "s/.*/set n& v/" | kv exec';

describe.runIf(hasTmux)('a session', () => {
  it('begins with a bare kv, runs verbs, and ends with exit', async () => {
    const prompt = await Prompt.open();
    expect(await prompt.run('set k hello')).toEqual(['set "k": 5 B']);
    expect(await prompt.run('get k')).toEqual(['hello']);
    expect(await prompt.run('get nope')).toEqual(['kv: cannot get "nope": there is no such key']);
    expect(await prompt.run('3 incr n')).toEqual(['1', '2', '3']);
    await prompt.screen.type('exit');
    expect(await prompt.screen.status()).toBe(0);
    expect(await prompt.shell.succeed('kv get n')).toBe('3');
  });

  it('ends with Ctrl-D, and leaves the terminal as it was', async () => {
    const prompt = await Prompt.open();
    await prompt.screen.press('C-d');
    expect(await prompt.screen.status()).toBe(0);
    await prompt.screen.type('stty -a | tr " ;" "\\n" | grep -cx -e echo -e icanon -e isig');
    expect(await prompt.screen.status()).toBe(0);
    expect((await prompt.screen.lines()).at(-2)).toBe('3');
  });

  it('takes keys on after Ctrl-C, so that Ctrl-D leaves however soon it comes', async () => {
    const prompt = await Prompt.open();
    const file = join(prompt.shell.folder, 'record');
    await prompt.screen.record(file);
    await prompt.press(['half', 'C-c'], 'store:default>');
    await prompt.press(['next'], 'store:default> next');
    await until(() => readFileSync(file, 'utf8').includes('next'));
    // What is written where the terminal is given back, with Ctrl-C and Ctrl-D as the system has them.
    expect(readFileSync(file, 'utf8')).not.toContain('\x1b[?2004l');
    await prompt.screen.press('C-c', 'C-d');
    expect(await prompt.screen.status()).toBe(0);
  });

  it('greets, and says what keeps it from the store in place of the prompt', async () => {
    const screen = await Screen.open();
    const { status, lines } = await screen.run('touch f; kv -s f');
    expect(status).toBe(6);
    expect(lines[0]).toMatch(/^kv \d+\.\d+\.\d+: help /);
    expect(lines[1]).toMatch(/^kv: cannot open store "f": /);
  });

  it('works in another bucket after use, which asks which where it is not told', async () => {
    const prompt = await Prompt.open({ pairs: ['k=v'] });
    await prompt.shell.succeed('kv bucket create other');
    await prompt.run('use other', 'store:other>');
    await prompt.run('set k elsewhere', 'store:other>');
    await prompt.screen.type('use');
    await prompt.screen.shows('Which bucket?');
    await prompt.screen.press('Up', 'Enter');
    await prompt.waits();
    expect(await prompt.run('get k')).toEqual(['v']);
    expect((await prompt.run('use nowhere'))[0]).toContain('there is no such bucket');
  });

  it('opens the line in an editor with Ctrl-X Ctrl-E, and goes on with what it makes of it', async () => {
    const shell = new Shell();
    const editor = join(shell.folder, 'editor');
    // Notes who may read the file, and that the terminal echoes.
    const notes = 'stat -c %a "$1" > mode; stty -a | grep -ow -e -echo -e echo > tty';
    writeFileSync(editor, `${notes}; sed -i "s/old/new/" "$1"\n[ ! -e fail ]\n`);
    const command = `TMPDIR="$PWD" VISUAL='sh ${editor}' kv`;
    const prompt = await Prompt.open({ shell, command });
    await prompt.press(['set k old', 'Left', 'C-x', 'C-e'], '> set k new');
    await prompt.screen.press('er', 'Enter');
    await prompt.screen.shows('set "k": 5 B');
    expect(await shell.succeed('kv get k; cat mode tty')).toBe('newer600\necho\n');
    await shell.succeed('touch fail');
    await prompt.press(['get old', 'C-x', 'C-e'], '> get old');
    await prompt.screen.shows('did not edit the line: ');
    await prompt.press(['C-x', 'x', 'er'], '> get older');
    expect(readdirSync(shell.folder).filter((name) => name.startsWith('kv-edit-'))).toEqual([]);
  });

  it('goes on in the next line while a quote is open', async () => {
    const prompt = await Prompt.open();
    await prompt.screen.type("set k 'one");
    await prompt.screen.shows('... ');
    await prompt.screen.type("two'");
    await prompt.screen.shows('set "k": 7 B');
    expect(await prompt.shell.succeed('kv get k')).toBe('one\ntwo');
  });

  it('runs the lines of a paste one by one, when Enter is pressed', async () => {
    const prompt = await Prompt.open();
    await prompt.screen.paste('set a 1\nset b 2');
    await prompt.screen.shows('... set b 2');
    await prompt.screen.press('Enter');
    await prompt.screen.shows('set "b": 1 B');
    expect(await prompt.shell.succeed('kv get a; kv get b')).toBe('12');
  });

  it('lays JSON out, shows bytes as a hex dump, and the time of a verb', async () => {
    const prompt = await Prompt.open({ pairs: ['j={"a":[1,2]}'] });
    await prompt.shell.succeed('head -c 20 /dev/zero | kv set z');
    expect(await prompt.run('get j')).toEqual(['{', '  "a": [', '    1,', '    2', '  ]', '}']);
    expect((await prompt.run('get z'))[0]).toMatch(/^00000000 {2}00 00 /);
    await prompt.run('timing on');
    expect((await prompt.run('exists j')).at(-1)).toMatch(/^\d+(\.\d+)? ms$/);
  });

  it('explains its own verbs', async () => {
    const prompt = await Prompt.open();
    expect((await prompt.run('help use')).join('\n')).toContain('Work in another bucket');
    expect((await prompt.run('help | grep rollback')).join('\n')).toContain('Undo');
  });
});

describe.runIf(hasTmux)('a transaction', () => {
  it('shows in the prompt, sees its own writes, and is all undone by rollback', async () => {
    const prompt = await Prompt.open({ pairs: ['k=old'] });
    await prompt.run('begin', 'store:default*>');
    await prompt.run('set k new', 'store:default*>');
    expect(await prompt.run('get k', 'store:default*>')).toEqual(['new']);
    expect(await prompt.shell.succeed('kv get k')).toBe('old');
    await prompt.run('rollback');
    expect(await prompt.run('get k')).toEqual(['old']);
  });

  it('is written by commit, without what a verb that failed in it wrote', async () => {
    const prompt = await Prompt.open({ pairs: ['text=x'] });
    await prompt.run('begin', 'store:default*>');
    await prompt.run('set a 1', 'store:default*>');
    expect((await prompt.run('incr text', 'store:default*>'))[0]).toContain('not a counter');
    await prompt.run('incr n', 'store:default*>');
    await prompt.run('commit');
    expect(await prompt.shell.succeed('kv get a; kv get n; kv get text')).toBe('11x');
  });

  it('keeps others who write waiting, until they press Ctrl-C or it ends', async () => {
    const prompt = await Prompt.open({ pairs: ['n=1'] });
    const other = await Prompt.open({ shell: prompt.shell });
    await prompt.run('begin', 'store:default*>');
    await prompt.run('incr n', 'store:default*>');
    expect(await other.run('get n')).toEqual(['1']);
    await other.screen.type('incr n');
    await other.screen.readsLines();
    await other.screen.press('C-c');
    await other.waits();
    await other.screen.press('C-l');
    await other.screen.type('incr n');
    await other.screen.readsLines();
    expect((await other.screen.lines()).at(-1)).toContain('incr n');
    await prompt.run('commit');
    await other.screen.shows('incr n 3');
    await other.waits();
  });

  it('that is left open is rolled back, and that is said', async () => {
    const prompt = await Prompt.open();
    await prompt.run('begin', 'store:default*>');
    await prompt.run('set k v', 'store:default*>');
    await prompt.screen.press('C-d');
    expect(await prompt.screen.status()).toBe(0);
    expect(await prompt.screen.says('the transaction was rolled back')).toBe(true);
    expect(await prompt.shell.succeed('kv keys --count')).toBe('0\n');
  });
});

describe.runIf(hasTmux)('pipes and files', () => {
  it('hand a value to a command of the shell, byte for byte and whole', async () => {
    const prompt = await Prompt.open();
    await prompt.shell.succeed('head -c 20000000 /dev/urandom > in; kv set big < in');
    const sum = (await prompt.shell.succeed('sha256sum < in')).slice(0, 40);
    const [line] = await prompt.run('get big | sha256sum | cut -c-40');
    expect(line).toBe(sum);
  });

  it('are no error when the reader leaves early', async () => {
    const prompt = await Prompt.open();
    await prompt.shell.succeed(manyKeys);
    await prompt.shell.succeed('head -c 9000000 /dev/zero | kv set big');
    expect(await prompt.run('keys | head -n 1')).toEqual(['big']);
    expect(await prompt.run('get big | head -c 2 | wc -c')).toEqual(['2']);
  });

  it('replace a file, go behind what it holds, and read one', async () => {
    const prompt = await Prompt.open({ pairs: ['k=hello'] });
    await prompt.run("get k > 'a file'");
    await prompt.run("2 get k >> 'a file'");
    expect(await prompt.shell.succeed("cat 'a file'")).toBe('hellohellohello');
    expect(await prompt.run("set other < 'a file'")).toEqual(['set "other": 15 B']);
    await prompt.run("get nope > 'a file'");
    expect(await prompt.shell.succeed("cat 'a file'")).toBe('hellohellohello');
  });

  it('take what is typed for -, up to Ctrl-D, and the session goes on', async () => {
    const prompt = await Prompt.open();
    await prompt.screen.type('set k -');
    await prompt.screen.readsLines();
    await prompt.screen.type('typed');
    await prompt.screen.press('C-d');
    await prompt.screen.shows('set "k": 6 B');
    expect(await prompt.run('get k')).toEqual(['typed']);
  });
});

/** Tells the processor time, in 10 ms, of the process whose id stands in a file. */
async function processorTime(shell: Shell): Promise<() => number> {
  const id = (await shell.succeed('cat id')).trim();
  return () => Number(readFileSync(`/proc/${id}/stat`, 'latin1').split(' ')[13]);
}

describe.runIf(hasTmux)('Ctrl-C', () => {
  it('clears the line', async () => {
    const prompt = await Prompt.open();
    await prompt.press(['set k v'], 'set k v');
    await prompt.press(['C-c'], 'store:default>');
    expect(await prompt.run('exists k')).toEqual(['false']);
  });

  it('stops a long listing, and not the session', async () => {
    const prompt = await Prompt.open({ command: 'PAGER= kv' });
    await prompt.shell.succeed(manyKeys);
    await prompt.screen.type('1000000 keys n');
    await prompt.screen.shows('n1');
    await prompt.screen.press('C-c');
    await prompt.waits();
    expect(await prompt.run('exists n1')).toEqual(['true']);
  });

  it.each([`keys --regex '(a+)+$'`, `grep '(a+)+$'`])(
    'stops a match that takes years, and not the transaction: %s',
    async (line) => {
      const text = `${'a'.repeat(60)}b`;
      const command = `sh -c 'echo $$ > id; exec kv'`;
      const prompt = await Prompt.open({ pairs: [`${text}=${text}`], command });
      await prompt.run('begin', 'store:default*>');
      await prompt.run('incr n', 'store:default*>');
      const used = await processorTime(prompt.shell);
      const before = used();
      await prompt.screen.type(line);
      await until(() => used() > before + 100);
      await prompt.screen.press('C-c');
      await prompt.waits('store:default*>');
      await prompt.run('commit');
      expect(await prompt.run('get n')).toEqual(['1']);
    },
  );

  it('stops a command that a verb writes to', async () => {
    const prompt = await Prompt.open();
    await prompt.shell.succeed('head -c 9000000 /dev/zero | kv set big');
    await prompt.screen.type('get big | (echo be""gun; sleep 1000)');
    await prompt.screen.shows('begun');
    await prompt.screen.press('C-c');
    await prompt.waits();
  });
});

describe.runIf(hasTmux)('completion', () => {
  it('inserts a key with a space in quotes, and shows several below the line', async () => {
    const prompt = await Prompt.open({ pairs: ['my key=v', 'user/1=a', 'user/2=b'] });
    await prompt.press(['get m', 'Tab'], "get 'my key'");
    await prompt.screen.press('Enter');
    await prompt.screen.shows("'my key' v");
    await prompt.waits();
    await prompt.press(['get u', 'Tab'], 'get user/');
    await prompt.screen.press('Tab');
    await prompt.screen.shows('user/1  user/2');
  });

  it('works in the middle of a line', async () => {
    const prompt = await Prompt.open({ pairs: ['alone=v'] });
    await prompt.press(['get a --format hex', 'Home', 'M-f', 'Right', 'Right'], 'hex');
    await prompt.press(['Tab'], 'get alone --format hex');
    await prompt.screen.press('Enter');
    await prompt.screen.shows('76');
  });

  it('shows the arguments still to come', async () => {
    const prompt = await Prompt.open();
    await prompt.press(['cas k '], 'cas k OLD NEW');
    await prompt.press(['1 '], 'cas k 1 NEW');
  });

  it('shows none with NO_COLOR, where nobody could tell them from what is typed', async () => {
    const prompt = await Prompt.open({ command: 'NO_COLOR=1 kv' });
    const file = join(prompt.shell.folder, 'record');
    await prompt.screen.record(file);
    await prompt.press(['cas k '], 'cas k');
    await prompt.press(['C-c'], 'store:default>');
    expect(await prompt.run('get nope')).toHaveLength(1);
    await until(() => readFileSync(file, 'utf8').includes('no such key'));
    expect(readFileSync(file, 'utf8')).toContain('cas k');
    expect(readFileSync(file, 'utf8')).not.toMatch(/\x1b\[[\d;]*m/);
  });
});

describe.runIf(hasTmux)('a terminal that cannot move its cursor', () => {
  it('gets no control sequence from the prompt and its questions, and lines are edited', async () => {
    const prompt = await Prompt.open({ command: 'TERM=dumb kv', pairs: ['k=v', 'other=o'] });
    const { screen } = prompt;
    const file = join(prompt.shell.folder, 'record');
    await screen.record(file);
    await prompt.press(
      ['set', 'Space', 'kx', 'BSpace', ' wrld', 'C-b', 'C-b', 'C-b', 'o'],
      'set k world',
    );
    await screen.press('Enter');
    await prompt.waits();
    await prompt.press(['get', 'Space', 'k'], '> get k');
    await screen.press('Enter');
    await screen.shows('> get k world store:default>');
    await prompt.press(['Up', 'Up', 'C-w'], '> set k');
    await prompt.press(['C-c'], 'store:default>');
    await screen.type('delete --prefix o');
    await screen.shows('(y/N)');
    await screen.readsKeys();
    await screen.type('nx');
    await screen.shows('store:default> delete --prefix o');
    await prompt.waits();
    await screen.type('delete --prefix o');
    await screen.until((lines) => lines.at(-1)!.endsWith('(y/N)'));
    await screen.readsKeys();
    await screen.press('n', 'BSpace', 'y', 'Enter');
    await prompt.waits();
    await screen.type('exists other');
    await screen.shows('> exists other false');
    await prompt.press(['C-c'], 'store:default>');
    expect(readFileSync(file, 'utf8')).not.toContain('\x1b');
  });
});

describe.runIf(hasTmux)('the history', () => {
  it('is there in the next session, for its owner alone, without values', async () => {
    const prompt = await Prompt.open();
    await prompt.run('set k topsecret');
    await prompt.run('exists k');
    await prompt.run('exists k');
    await prompt.press(['Up', 'Up'], 'set k topsecret');
    await prompt.screen.press('C-c');
    await prompt.run('sett k topsecret');
    await prompt.screen.type('exit');
    await prompt.screen.status();
    await prompt.start();
    await prompt.press(['Up', 'Up'], 'exists k');
    await prompt.press(['Up'], 'set k [VALUE]');
    const file = join(prompt.shell.env.HOME!, '.local/state/kv/history');
    expect(readFileSync(file, 'utf8')).toBe('set k\nexists k\nexists k\nexit\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is searched with Ctrl-R', async () => {
    const prompt = await Prompt.open({ pairs: ['first=1', 'second=2'] });
    await prompt.run('get first');
    await prompt.run('get second');
    await prompt.press(['C-r', 'get'], 'get second');
    await prompt.press(['C-r'], '(history) get: get first');
    await prompt.screen.press('C-l', 'Enter');
    await prompt.waits();
    expect((await prompt.screen.lines()).at(-2)).toBe('1');
  });
});

describe.runIf(hasTmux)('what does not fit the screen', () => {
  it('goes through the pager', async () => {
    const pager = 'PAGER="cat > paged; echo left the pager" kv';
    const prompt = await Prompt.open({ command: pager, pairs: ['k=v'] });
    await prompt.shell.succeed(manyKeys);
    expect(await prompt.run('keys n')).toEqual(['left the pager']);
    expect((await prompt.shell.succeed('wc -l < paged')).trim()).toBe('3000');
    expect(await prompt.run('get k')).toEqual(['v']);
  });

  it('may be left before its end', async () => {
    const prompt = await Prompt.open({ command: 'PAGER="head -n 1" kv' });
    await prompt.shell.succeed(manyKeys);
    expect(await prompt.run('100 keys n')).toEqual(['n1']);
  });
});

describe.runIf(hasTmux)('the screen', () => {
  it('may become 40 columns wide while somebody types', async () => {
    const prompt = await Prompt.open();
    const words = 'one two three four five six seven eight';
    await prompt.screen.press(`set k "${words}`);
    await prompt.screen.shows('eight');
    await prompt.screen.resize(40, 30);
    await prompt.screen.until((lines) => lines.every((line) => line.length <= 40));
    await prompt.screen.press(' nine"', 'Enter');
    await prompt.screen.shows('set "k": 44 B');
    expect(await prompt.screen.says(`store:default> set k "${words} nine"`)).toBe(true);
    expect((await prompt.screen.lines()).filter((line) => line.startsWith('store:'))).toHaveLength(
      2,
    );
    expect(await prompt.run('keys -l')).toHaveLength(1);
  });

  it('gets no control character of what is stored: listed, shown, completed, searched', async () => {
    const values = [hostile, `{"a":"\x9b\u202e\x7f"}`, '\x1b]52;c;AAAA\x07\x1bP1;1|17/ab\x1b\\'];
    const names = [hostile, '\u202eright', 'line\nbreak\r\x1b[2J', 'b\x9b31m', '\x07bell'];
    const prompt = await Prompt.open({
      pairs: names.map((name, at) => `${name}=${values[at % values.length]}`),
    });
    await prompt.shell.succeed(`kv bucket create "$(printf 'b\\xe2\\x80\\xae')" || true`);
    const file = join(prompt.shell.folder, 'record');
    await prompt.screen.record(file);
    for (const line of ['keys', 'keys -l', 'keys --tree', 'get-many l b', 'bucket list']) {
      await prompt.run(line);
    }
    await prompt.screen.press('get ', 'Tab');
    await prompt.screen.shows('bell');
    await prompt.press(['k', 'Tab'], "31m'");
    await prompt.screen.press('Enter');
    await prompt.screen.shows('k\\x1b]0;owned');
    await prompt.waits();
    await prompt.press(['C-r', 'owned'], "31m'");
    await prompt.press(['C-g'], 'store:default>');
    await prompt.run('history');
    await prompt.screen.press('use ', 'Tab');
    await prompt.screen.shows('use');
    await prompt.press(['C-c'], 'store:default>');
    expect(existsSync(file)).toBe(true);
    const own = /\x1b\[(\?2004[hl]|\d*[ABCHJ]|2J|[\d;]*m)|\r\n|\r/g;
    expect(readFileSync(file, 'utf8').replace(own, '')).not.toMatch(controls);
  });
});

describe('kv repl without a terminal', () => {
  it('runs what comes through stdin as a script', async () => {
    const shell = new Shell();
    const { status, text } = await shell.run('kv repl', { stdin: 'set k v\n3 incr n\nget k\n' });
    expect([status, text]).toEqual([2, '']);
    expect(await shell.succeed('kv repl', { stdin: "set k 'a b'\nincr n\nget k\n" })).toBe(
      '1\na b',
    );
    expect(existsSync(join(shell.env.HOME!, '.local/state'))).toBe(false);
  });
});
