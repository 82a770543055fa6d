/** Over a real pseudo-terminal, which script(1) of util-linux makes. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ended, program, run, start, temporaryFolder, until } from './terminal-process.js';

const folder = temporaryFolder();
const hasScript = spawnSync('script', ['--version']).stdout?.includes('util-linux');

/** Starts a command with all three streams on a terminal of 30 rows and `columns`. */
function onTerminal(command: string, columns = 100): ChildProcessWithoutNullStreams {
  const quoted = `stty rows 30 cols ${columns}; ${command}`.replaceAll("'", "'\\''");
  return start(folder, `exec script -qec '${quoted}' /dev/null`);
}

async function shownBy(command: string, columns?: number): Promise<string> {
  const child = onTerminal(command, columns);
  const { stdout } = await ended(child);
  return stdout.toString();
}

describe.runIf(hasScript)('on a terminal', () => {
  const tells = program(
    folder,
    `const { stdin, stdout, stderr, canAsk } = terminal;
     const streams = [stdin.kind, stdout.isTerminal, stdout.columns, stderr.isTerminal, canAsk];
     await stdout.write(JSON.stringify(streams));`,
  );

  it('the streams know that they are one, and how wide', async () => {
    expect(await shownBy(tells, 123)).toBe('["terminal",true,123,true,true]');
  });

  it('a terminal of unknown width has 80 columns', async () => {
    expect(await shownBy(tells, 0)).toBe('["terminal",true,80,true,true]');
  });

  it('nobody is asked where stderr goes elsewhere', async () => {
    expect(await shownBy(`${tells} 2> /dev/null`)).toContain('true,100,false,false]');
  });

  const paints = program(
    folder,
    `await terminal.stdout.write(terminal.stdout.style.error('x'));
     await terminal.stderr.write(terminal.stderr.style.error('y'));`,
  );

  it('each stream has its own colour', async () => {
    expect(await shownBy(paints)).toBe('\x1b[31mx\x1b[39m\x1b[31my\x1b[39m');
    expect(await shownBy(`${paints} > painted`)).toBe('\x1b[31my\x1b[39m');
    expect(readFileSync(join(folder, 'painted'), 'utf8')).toBe('x');
  });

  it('NO_COLOR and TERM=dumb leave the text alone', async () => {
    expect(await shownBy(`NO_COLOR=1 ${paints}`)).toBe('xy');
    expect(await shownBy(`TERM=dumb ${paints}`)).toBe('xy');
  });

  it('remarks are shown, but not with -q', async () => {
    const body = `await terminal.note('stored');`;
    expect(await shownBy(program(folder, body))).toBe('stored\r\n');
    expect(await shownBy(program(folder, body, { quiet: true }))).toBe('');
  });

  it('remarks quote stored text without its control characters', async () => {
    const body = `await terminal.note('set "a\\x1b[2J\\u009b\\u202e"');`;
    expect(await shownBy(program(folder, body))).toBe('set "a\\x1b[2J\\x9b\\u{202e}"\r\n');
  });

  it('much text comes whole and in order', async () => {
    const numbers = program(
      folder,
      `for (let i = 0; i < 30_000; i++) await terminal.stdout.write(i + '\\n');`,
    );
    const lines = (await shownBy(numbers)).split('\r\n');
    expect(lines).toHaveLength(30_001);
    expect(lines.every((line, i) => i === 30_000 || line === String(i))).toBe(true);
  });

  it('stdin can be read up to Ctrl-D', async () => {
    const copies = program(
      folder,
      `say('ready');
       for await (const chunk of terminal.stdin.chunks()) await terminal.stdout.write(chunk);`,
    );
    const child = onTerminal(`stty -echo; ${copies} > typed`);
    await until(child.stdout, 'ready');
    child.stdin.write('a line\n\x04');
    await ended(child);
    expect(readFileSync(join(folder, 'typed'), 'utf8')).toBe('a line\n');
  });
});

describe.runIf(hasScript)('a question', () => {
  const confirms = program(
    folder,
    `await terminal.stdout.write(String(await terminal.confirm('Delete all?')));`,
  );
  const asks = program(
    folder,
    `await terminal.stdout.write('[' + await terminal.ask('Name?') + ']');
     await terminal.stdout.write('[' + await terminal.ask('Again?') + ']');`,
  );

  /** What went to stdout, and what the person saw, after typing `keys` at the prompt. */
  async function answered(command: string, question: string, keys: string) {
    const child = onTerminal(`${command} > answer`);
    await until(child.stdout, question);
    child.stdin.write(keys);
    const { status, stdout } = await ended(child);
    return {
      status,
      shown: stdout.toString(),
      answer: readFileSync(join(folder, 'answer'), 'utf8'),
    };
  }

  it.each([
    ['y\r', 'true'],
    ['yes\r', 'true'],
    ['n\r', 'false'],
    ['\r', 'false'],
  ])('is answered %j with %s, on stderr', async (keys, expected) => {
    const { status, answer } = await answered(confirms, 'Delete all?', keys);
    expect({ status, answer }).toEqual({ status: 0, answer: expected });
  });

  it('is answered with a line of text, and so is the next', async () => {
    const child = onTerminal(`${asks} > answer`);
    await until(child.stdout, 'Name?');
    child.stdin.write('my bucket\r');
    await until(child.stdout, 'Again?');
    child.stdin.write('it\r');
    expect((await ended(child)).status).toBe(0);
    expect(readFileSync(join(folder, 'answer'), 'utf8')).toBe('[my bucket][it]');
  });

  it('quotes stored text without its control characters', async () => {
    for (const question of ['confirm', 'ask']) {
      const asking = program(folder, `await terminal.${question}('Delete "\\x1b]0;owned\\x07"?');`);
      const { status, shown } = await answered(asking, 'Delete', 'y\r');
      expect(status).toBe(0);
      expect(shown).toContain('\\x1b]0;owned\\x07');
      expect(shown).not.toContain('\x1b]0;owned');
    }
  });

  it('is interrupted by Ctrl-C', async () => {
    const { status, shown, answer } = await answered(confirms, 'Delete all?', '\x03');
    expect({ status, answer }).toEqual({ status: 130, answer: '' });
    expect(shown).toContain('interrupted: interrupted');
  });

  it('is not confirmed by Ctrl-D', async () => {
    const { status, shown, answer } = await answered(confirms, 'Delete all?', '\x04');
    expect({ status, answer }).toEqual({ status: 2, answer: '' });
    expect(shown).toContain('not-confirmed: cannot ask: the input ended');
  });

  it('shows no colour where stderr shows none', async () => {
    const child = onTerminal(`NO_COLOR=1 ${confirms} > answer`);
    const ending = ended(child);
    await until(child.stdout, 'Delete all?');
    child.stdin.write('y\r');
    // Cursor movements stay.
    expect((await ending).stdout.toString()).not.toMatch(/\x1b\[[0-9;]*m/);
  });
});

describe('without a terminal', () => {
  it.each(['confirm', 'ask'])('%s() refuses', async (question) => {
    const { status, stderr } = await run(
      folder,
      program(folder, `await terminal.${question}('?');`),
    );
    expect(status).toBe(2);
    expect(stderr).toBe('not-confirmed: cannot ask: stdin and stderr are not both a terminal\n');
  });
});
