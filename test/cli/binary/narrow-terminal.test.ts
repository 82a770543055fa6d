/** Help and usage errors at terminals that are narrower than help in a pipe. */
import { describe, expect, it } from 'vitest';
import { hasTmux, Screen } from '../../support/tmux.js';

async function screenOf(columns: number): Promise<Screen> {
  const screen = await Screen.open();
  await screen.resize(columns, 300);
  return screen;
}

const example = '  kv import data.csv --on-error skip --rejects bad.ndjson';

describe.runIf(hasTmux).each([60, 40])('at %i columns', (columns) => {
  it('help fills them, and breaks no word', async () => {
    const screen = await screenOf(columns);
    for (const line of ['kv help', 'kv --help', 'kv help bucket', 'kv bucket list -h']) {
      const { status, lines } = await screen.run(line);
      expect(status).toBe(0);
      // What the terminal itself breaks comes as one line here.
      const whole = (await screen.wholeLines()).slice(0, lines.length);
      expect(whole).toEqual(lines);
      const inPipe = await screen.shell.succeed(line);
      expect(lines.join(' ').split(/\s+/)).toEqual(inPipe.trim().split(/\s+/));
    }
  });

  it('an example can be copied, however long it is', async () => {
    const screen = await screenOf(columns);
    await screen.run('kv help import');
    expect(await screen.wholeLines()).toContain(example);
  });

  it('a usage error shows the usage without breaking a word of it', async () => {
    const screen = await screenOf(columns);
    const { status, lines } = await screen.run('kv import --mode');
    expect(status).toBe(2);
    const hint = lines.slice(lines.findIndex((line) => line.startsWith('usage: ')));
    expect(hint.join(' ').replaceAll(/\s+/g, ' ')).toBe(
      'usage: kv import [FILE] [OPTION...] (more: kv help import)',
    );
    expect((await screen.wholeLines()).join('\n')).toContain(hint.join('\n'));
    expect(hint.length).toBe(columns === 60 ? 1 : 2);
  });

  it('what goes wrong is told without breaking a word of it, on one line in a pipe', async () => {
    const screen = await screenOf(columns);
    for (const line of [
      'kv get "it is a key with blanks"',
      'kv bucket info gone',
      'kv incr n -- -1',
      'kv keys --limit x',
      `printf '{"key":"a","value":"1","z":2}\\n{"key":"b"}\\n' | kv import`,
    ]) {
      const { lines } = await screen.run(line);
      expect((await screen.wholeLines()).slice(0, lines.length)).toEqual(lines);
      const { stderr } = await screen.shell.run(line);
      expect(lines.join(' ').split(/\s+/)).toEqual(stderr.trim().split(/\s+/));
    }
    // A command stays in one piece.
    const gone = 'kv bucket info gone';
    const { lines } = await screen.run(gone);
    expect(lines.at(-1)?.trim()).toMatch(/or kv bucket create NAME$/);
    expect((await screen.shell.run(gone)).stderr.split('\n')).toEqual([
      'kv: cannot open bucket "gone": there is no such bucket',
      'try: kv bucket list, or kv bucket create NAME',
      '',
    ]);
  });

  it('without a verb, help fills them on stderr as well', async () => {
    const screen = await screenOf(columns);
    const { status, lines } = await screen.run('kv < /dev/null');
    expect(status).toBe(2);
    expect((await screen.wholeLines()).slice(0, lines.length)).toEqual(lines);
  });
});

describe.runIf(hasTmux)('at 200 columns', () => {
  it('help is what a pipe gets', async () => {
    const screen = await screenOf(200);
    const { lines } = await screen.run('kv help import');
    expect(`${lines.join('\n')}\n`).toBe(await screen.shell.succeed('kv help import'));
  });
});
