/** What is said, and what is left out: JSON of every answer, -q, and answers that cannot be written. */
import { describe, expect, it } from 'vitest';
import { expectRefusal } from '../../support/refusal.js';
import { Shell } from '../../support/shell.js';

describe('--json', () => {
  it.each([
    ['9007199254740992', 9007199254740992],
    ['9007199254740993', '9007199254740993'],
    ['18446744073709551615', '18446744073709551615'],
  ])('has the counter %s exactly', async (counter, value) => {
    const text = await new Shell().succeed(`kv incr n ${counter} --json`);
    expect(JSON.parse(text)).toEqual({ key: 'n', value });
  });

  it('is what help, --help, --version and completion print too', async () => {
    const shell = new Shell();
    const json = async (words: string) => JSON.parse(await shell.succeed(`kv ${words} --json`));
    const help = await shell.succeed('kv help get');
    expect(await json('help get')).toEqual({ topic: 'get', help });
    expect(await json('get --help')).toEqual({ topic: 'get', help });
    expect(await json('help')).toEqual({ help: await shell.succeed('kv help') });
    expect(await json('--help')).toEqual({ help: await shell.succeed('kv help') });
    const version = (await shell.succeed('kv --version')).trim().replace('kv ', '');
    expect(await json('--version')).toEqual({ version });
    const script = await shell.succeed('kv completion zsh');
    expect(await json('completion zsh')).toEqual({ shell: 'zsh', script });
  });

  it('is so in a script', async () => {
    const shell = new Shell();
    const { text } = await shell.run('kv exec --json', { stdin: '--version\nhelp get\n' });
    const [version, help] = text.trim().split('\n');
    expect(Object.keys(JSON.parse(version!))).toEqual(['version']);
    expect(JSON.parse(help!).topic).toBe('get');
  });

  it('is the error of a bare kv', async () => {
    const { status, text, stderr } = await new Shell().run('kv --json < /dev/null');
    expect([status, text]).toEqual([2, '']);
    expect(JSON.parse(stderr).error).toMatchObject({ code: 'usage', message: 'missing verb' });
  });
});

describe('-q', () => {
  it('says nothing of what the exit status says', async () => {
    const shell = new Shell();
    await shell.succeed('kv set k v');
    const statuses = {
      'get nope': 1,
      'stat nope': 1,
      'exists nope': 1,
      'copy nope to': 1,
      'rename nope to': 1,
      'set k v --if-absent': 3,
      'set nope v --if-present': 3,
      'set k v --if-version 12345': 3,
      'cas k 1 2': 3,
      'copy k k --if-absent': 3,
      'bucket create default': 3,
      'get nope --json': 1,
      'delete nope': 0,
      'delete-many nope': 0,
    };
    const verbs = Object.keys(statuses);
    const script = verbs.map((words) => `kv -q ${words}; echo $?`).join('\n');
    const { text, stderr } = await shell.run(script);
    expect(stderr).toBe('');
    const got = text.trim().split('\n').map(Number);
    expect(Object.fromEntries(verbs.map((words, at) => [words, got[at]]))).toEqual(statuses);
  });

  it('tells of bad data, of usage and of what is missing all the same', async () => {
    const shell = new Shell();
    await shell.succeed('kv set k v');
    for (const [words, status] of [
      ['incr k', 4],
      ['get', 2],
      ['get k -b nope', 6],
    ] as const) {
      expectRefusal(await shell.run(`kv -q ${words}`), { status, message: /./, hint: 'perhaps' });
    }
  });

  it('holds in a script: what the status says is not told, what is wrong is told with its line', async () => {
    const shell = new Shell();
    const absent = await shell.run('kv -q exec', { stdin: 'get nope\n' });
    expect([absent.status, absent.stderr]).toEqual([1, '']);
    const wrong = await shell.run('kv -q exec', { stdin: 'set k v\nincr k\n' });
    expectRefusal(wrong, { status: 4, message: /^stdin:2: /, hint: 'perhaps' });
  });
});

describe('an answer that cannot be written', () => {
  const full = 'cannot write to stdout: no space is left on the device';

  it.each([
    ['incr n', '4'],
    ['cas n 3 4', 'swapped'],
  ])('of %s says that the change was made', async (words, result) => {
    const shell = new Shell();
    await shell.succeed('kv set n 3');
    expectRefusal(await shell.run(`kv ${words} > /dev/full`), {
      status: 6,
      message: `${full}; the change was made`,
      hint: result,
    });
    expect(await shell.succeed('kv get n')).toBe('4');
  });

  it('of take keeps what could not be written, and with a file it is taken', async () => {
    const shell = new Shell();
    await shell.succeed('kv set-many a=1 b=2; head -c 300000 /dev/zero | kv set large');
    for (const words of ['take a', 'take a missing b', 'take --first l', '--json take large']) {
      const { status, stderr } = await shell.run(`kv ${words} > /dev/full`);
      expect([words, status]).toEqual([words, 6]);
      expect(stderr).not.toContain('the change was made');
    }
    expect(await shell.succeed('kv keys')).toBe('a\nb\nlarge\n');
    await shell.succeed('kv take large > taken; cmp -n 300000 taken /dev/zero; kv take a >> taken');
    expect(await shell.succeed('tail -c 1 taken; kv keys')).toBe('1b\n');
  });

  it('says so in JSON too', async () => {
    const shell = new Shell();
    await shell.succeed(`kv set k v; echo '{"key":"r","value":"v"}' > records`);
    for (const [words, result] of [
      ['set n 4', 'set "n": 1 B'],
      ['import records', 'wrote 1 record'],
      ['delete k', 'deleted 1 key'],
    ] as const) {
      const { status, stderr } = await shell.run(`kv ${words} --json > /dev/full`);
      const error = { code: 'full', message: `${full}; the change was made`, result };
      expect([status, JSON.parse(stderr)]).toEqual([6, { error }]);
    }
    expect(await shell.succeed('kv keys')).toBe('n\nr\n');
  });

  it.each([
    ...['get k', 'cas n 1 2', 'keys', 'store gc', 'delete nope', 'delete-many nope'],
    ...['delete --prefix nope -y', 'copy no yes --prefix', 'bucket create default --if-absent'],
  ])('of %s, which changed nothing, does not', async (words) => {
    const shell = new Shell();
    await shell.succeed('kv set k v');
    const { status, stderr } = await shell.run(`kv ${words} --json > /dev/full`);
    const error = { code: 'full', message: full };
    expect([status, JSON.parse(stderr)]).toEqual([6, { error }]);
  });

  it('of a script names the lines that ran', async () => {
    const shell = new Shell();
    const { status, stderr } = await shell.run('kv exec > /dev/full', {
      stdin: 'incr n\nincr n\n',
    });
    expect([status, stderr]).toEqual([6, `kv: ${full}; the change was made\nlines 1 to 2 ran\n`]);
    expect(await shell.succeed('kv get n')).toBe('2');
  });

  it('of a script that is one transaction undoes it, and says nothing else', async () => {
    const shell = new Shell();
    await shell.succeed('kv set n 1');
    const script = 'kv exec --atomic > /dev/full';
    const { status, stderr } = await shell.run(script, { stdin: 'incr n\nincr n\n' });
    expect([status, stderr]).toEqual([6, `kv: stdin:1: ${full}\n`]);
    expect(await shell.succeed('kv get n')).toBe('1');
  });
});
