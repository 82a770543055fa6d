/** What others leave on the screen of a prompt, and what comes from its keyboard that is no text. */
import { describe, expect, it } from 'vitest';
import { Prompt } from '../support/prompt.js';
import { Shell } from '../support/shell.js';
import { hasTmux, Screen } from '../support/tmux.js';

const WIDTH = 60;

describe.runIf(hasTmux)('output without a newline at its end', () => {
  it('stays, with a mark, and the prompt begins on a line of its own', async () => {
    const prompt = await Prompt.open({ pairs: ['alpha=value'] });
    expect(await prompt.run('get alpha | tr a-z A-Z')).toEqual(['VALUE⏎']);
    expect(await prompt.run('get alpha | (cat; printf oops >&2)')).toEqual(['valueoops⏎']);
    expect(await prompt.run('get alpha | cat > /dev/tty')).toEqual(['value⏎']);
    expect(await prompt.run('get alpha')).toEqual(['value']);
    expect(await prompt.run('exists alpha > /dev/null')).toEqual([]);
    await prompt.run('timing on');
    expect((await prompt.run('get alpha | cat'))[0]).toBe('value⏎');
  });

  it.each([WIDTH - 1, WIDTH, WIDTH + 1, 2 * WIDTH])('of %i columns stays', async (length) => {
    const prompt = await Prompt.open({ pairs: [`k=${'x'.repeat(length)}`] });
    const lines = await prompt.run('get k | cat');
    const mark = length % WIDTH === 0 ? '' : '⏎';
    expect(lines.join('')).toBe('x'.repeat(length) + mark);
  });

  it('stays where it comes from before the session', async () => {
    const screen = await Screen.open();
    await screen.type('clear; printf before; kv');
    await screen.shows('store:default>');
    expect((await screen.lines())[0]).toBe('before⏎');
  });

  it('takes nothing away of what is typed meanwhile', async () => {
    const prompt = await Prompt.open({ pairs: ['k=v'] });
    await prompt.screen.type('get k | (sleep 0.3; cat)');
    await prompt.screen.readsLines();
    await prompt.screen.type('exists k');
    await prompt.screen.type('exists n');
    await prompt.screen.shows('> exists n false');
    await prompt.waits();
    expect(await prompt.screen.says('> exists k true')).toBe(true);
  });
});

describe.runIf(hasTmux)('a line', () => {
  it('that begins with ! is a command of the shell, and with ? asks for help', async () => {
    const prompt = await Prompt.open({ pairs: ['k=v'] });
    expect(await prompt.run('!echo "a  b" | tr a-z A-Z')).toEqual(['A  B']);
    expect(await prompt.run('!printf x; exit 3')).toEqual([
      'x⏎',
      'the command ended with status 3',
    ]);
    expect(await prompt.run('!')).toEqual(['kv: missing COMMAND after "!"']);
    expect((await prompt.run('? incr')).join(' ')).toContain('Add to a counter');
    expect((await prompt.run('? | head -n 4')).join(' ')).toContain('keys and values in buckets');
    await prompt.screen.type('!sleep 1000');
    await prompt.screen.readsLines();
    await prompt.screen.press('C-c');
    await prompt.waits();
    expect(await prompt.run('get k')).toEqual(['v']);
    await prompt.press(['Up', 'Up'], '!sleep 1000');
  });

  it('gets back what two Ctrl-W took, also another line', async () => {
    const prompt = await Prompt.open();
    await prompt.press(['set one two'], 'set one two');
    await prompt.press(['C-w', 'C-w'], 'set KEY [VALUE]');
    await prompt.press(['C-y'], 'set one two');
    await prompt.press(['C-u'], 'store:default>');
    await prompt.screen.press('Enter');
    await prompt.press(['C-y'], 'set one two');
    await prompt.press(['M-y'], 'one two');
  });
});

describe.runIf(hasTmux)('what is not UTF-8', () => {
  it('in XDG_STATE_HOME keeps the history from being written, which is said', async () => {
    const shell = new Shell();
    const command = `XDG_STATE_HOME=$PWD/$'caf\\xe9' kv -s store`;
    const prompt = await Prompt.open({ shell, command });
    await prompt.screen.shows('not kept: the environment variable XDG_STATE_HOME is not UTF-8');
    await prompt.run('set k v');
    await prompt.press(['Up'], 'set k v');
    expect(shell.files()).toEqual(['store']);
    await prompt.press(['C-c'], 'store:default>');
    await prompt.screen.press('C-d');
    await prompt.screen.status();
    await shell.succeed('rm -r store');
    await prompt.start(`XDG_STATE_HOME=$PWD/$'caf\\xef\\xbf\\xbd' kv -s store`);
    expect(await prompt.screen.says('not kept')).toBe(false);
    await prompt.run('set k v');
    expect(shell.files()).toEqual(['caf\ufffd', 'store']);
  });

  const latin = Buffer.from('set k caf\xe9 now', 'latin1');

  it('is left out where it is typed, and that is said', async () => {
    const prompt = await Prompt.open();
    await prompt.press(['set k caf'], 'set k caf');
    await prompt.screen.send(Buffer.of(0xe9));
    await prompt.screen.shows('what was typed is not UTF-8');
    await prompt.press(['é'], 'set k café');
    await prompt.screen.press('Enter');
    await prompt.waits();
    expect(await prompt.shell.succeed('kv get k')).toBe('café');
  });

  it('is a paste that is left out as a whole', async () => {
    const prompt = await Prompt.open();
    const framed = [Buffer.from('\x1b[200~'), latin, Buffer.from('\x1b[201~')];
    await prompt.screen.send(Buffer.concat(framed));
    await prompt.screen.shows('what was pasted is not UTF-8');
    await prompt.waits();
    expect(await prompt.run('keys --count')).toEqual(['0']);
  });
});

describe.runIf(hasTmux)('keys that were typed before a question', () => {
  it('do not answer it', async () => {
    const prompt = await Prompt.open({ pairs: ['a1=v', 'b=v'] });
    const other = await Prompt.open({ shell: prompt.shell });
    await other.run('begin', 'store:default*>');
    await prompt.screen.type('delete --prefix a');
    await prompt.screen.readsLines();
    await prompt.screen.type('y');
    await prompt.screen.press('y');
    await other.run('commit');
    await prompt.screen.shows('(y/N)');
    await prompt.screen.readsKeys();
    await prompt.press(['n'], '(y/N) n');
    await prompt.screen.press('Enter');
    await prompt.waits();
    expect(await prompt.shell.succeed('kv keys')).toBe('a1\nb\n');
  });

  it('do not answer it in a shell', async () => {
    const screen = await Screen.open();
    await screen.shell.succeed('kv set-many a1=v b=v; mkfifo gate');
    await screen.type('clear; read < gate; kv delete --prefix a');
    await screen.runs('bash');
    await screen.type('y');
    await screen.shell.succeed('echo > gate');
    await screen.shows('(y/N)');
    await screen.readsKeys();
    await screen.press('y', 'Enter');
    expect(await screen.status()).toBe(0);
    expect(await screen.shell.succeed('kv keys')).toBe('b\n');
  });
});
