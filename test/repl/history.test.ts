import { execFile } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { historyPlace } from '../../src/app/history-place.js';
import { History } from '../../src/repl/history.js';
import { openHistoryFile } from '../../src/repl/history-file.js';
import { HistorySearch } from '../../src/repl/history-search.js';
import { expectLinear } from '../support/growth.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** The modules as a process of its own can load them. */
async function builtHistory(): Promise<string> {
  const outfile = join(temporaryFolder(), 'history.mjs');
  const contents = `
    export { historyPlace } from './app/history-place.js';
    export { openHistoryFile } from './repl/history-file.js';`;
  const resolveDir = join(import.meta.dirname, '../../src');
  const stdin = { contents, resolveDir };
  await build({ stdin, outfile, bundle: true, platform: 'node', format: 'esm' });
  return outfile;
}

describe('the history on disk', () => {
  it("is its owner's alone, whatever the umask", () => {
    const folder = temporaryFolder();
    const umask = process.umask(0);
    try {
      openHistoryFile(historyPlace({ XDG_STATE_HOME: folder })).add('get k');
    } finally {
      process.umask(umask);
    }
    expect(statSync(join(folder, 'kv')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'kv/history')).mode & 0o777).toBe(0o600);
  });

  it('has each line once, where it was typed last, and gives lines with newlines back', () => {
    const env = { HOME: temporaryFolder() };
    const file = openHistoryFile(historyPlace(env));
    for (const line of ['a', "b 'x\ny\\z'", 'c', 'a']) file.add(line);
    expect(openHistoryFile(historyPlace(env)).read()).toEqual(["b 'x\ny\\z'", 'c', 'a']);
  });

  it('loses no line that sessions add at once, also while it is compacted', async () => {
    const env = { ...process.env, XDG_STATE_HOME: temporaryFolder() };
    mkdirSync(join(env.XDG_STATE_HOME, 'kv'));
    const path = join(env.XDG_STATE_HOME, 'kv/history');
    writeFileSync(path, 'old\n'.repeat(10_000));
    // Somebody who was killed while they compacted.
    writeFileSync(`${path}.part`, '');
    utimesSync(`${path}.part`, 0, 0);
    const program = `
      const { historyPlace, openHistoryFile } = await import(${JSON.stringify(await builtHistory())});
      for (let n = 0; n < 100; n++) openHistoryFile(historyPlace(process.env)).add(process.argv[1] + n);`;
    const run = promisify(execFile);
    const sessions = ['a', 'b', 'c', 'd'];
    await Promise.all(
      sessions.map((name) =>
        run(process.execPath, ['--input-type=module', '-e', program, name], { env }),
      ),
    );
    const lines = openHistoryFile(historyPlace(env)).read();
    const expected = sessions.flatMap((name) => Array.from({ length: 100 }, (_, n) => name + n));
    expect(lines.toSorted()).toEqual(['old', ...expected].toSorted());
    expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThan(10_000);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(env.XDG_STATE_HOME, 'kv'))).toEqual(['history']);
  });

  it('goes on behind a line that was not written whole', () => {
    const env = { XDG_STATE_HOME: temporaryFolder() };
    mkdirSync(join(env.XDG_STATE_HOME, 'kv'));
    writeFileSync(join(env.XDG_STATE_HOME, 'kv/history'), 'one\ntw');
    openHistoryFile(historyPlace(env)).add('three');
    expect(openHistoryFile(historyPlace(env)).read()).toEqual(['one', 'tw', 'three']);
  });

  it('keeps what another session adds meanwhile', () => {
    const env = { HOME: temporaryFolder() };
    const [one, other] = [openHistoryFile(historyPlace(env)), openHistoryFile(historyPlace(env))];
    one.add('first');
    other.add('second');
    one.add('third');
    expect(other.read()).toEqual(['first', 'second', 'third']);
  });

  it('is bounded', () => {
    const env = { XDG_STATE_HOME: temporaryFolder() };
    mkdirSync(join(env.XDG_STATE_HOME, 'kv'));
    const lines = Array.from({ length: 6000 }, (_, number) => `line ${number}\n`);
    writeFileSync(join(env.XDG_STATE_HOME, 'kv/history'), lines.join(''));
    const file = openHistoryFile(historyPlace(env));
    file.add('newest');
    const kept = file.read();
    expect([kept.length, kept.at(-1), kept.at(-2)]).toEqual([5000, 'newest', 'line 5999']);
  });

  it('is nowhere, without a word, where it cannot be', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'kv'), 'a file in the place of its folder');
    const HOME = '/dev/null';
    for (const env of [{ HOME }, { XDG_STATE_HOME: folder }, { HOME, XDG_STATE_HOME: 'x' }]) {
      const file = openHistoryFile(historyPlace(env));
      file.add('get k');
      expect(file.read()).toEqual([]);
    }
  });

  it('leaves a link what it is', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'kv'));
    symlinkSync('/dev/null', join(folder, 'kv/history'));
    openHistoryFile(historyPlace({ XDG_STATE_HOME: folder })).add('get k');
    expect(lstatSync(join(folder, 'kv/history')).isSymbolicLink()).toBe(true);
  });
});

describe('a search', () => {
  function searchIn(lines: string[]): HistorySearch {
    return new HistorySearch(new History({ read: () => lines, add: () => {} }), 'own');
  }
  const type = (search: HistorySearch, text: string) => {
    for (const character of text) search.take(character, character);
  };

  it('finds the newest line, then older ones, then stays', () => {
    const search = searchIn(['get a', 'set a', 'get b']);
    type(search, 'get');
    expect(search.found).toEqual(['get b', 0]);
    search.take('C-r', '');
    expect(search.found[0]).toBe('get a');
    search.take('C-r', '');
    expect([search.found[0], search.prompt.text]).toEqual(['get a', '(nothing) get: ']);
  });

  it('goes on with each character from where it stands', () => {
    const search = searchIn(['keys a', 'keys b']);
    type(search, 'keys a');
    expect(search.found).toEqual(['keys a', 0]);
  });

  it('gives the line back that stood there before', () => {
    const search = searchIn(['get a']);
    type(search, 'get');
    expect(search.take('C-g', '')).toBe('done');
    expect(search.found[0]).toBe('own');
  });
});

describe.each<readonly [kind: string, make: (size: number) => string]>([
  ['many lines', (size) => Array.from({ length: size }, (_, index) => `get ${index}\n`).join('')],
  ['the same line', (size) => 'get k\n'.repeat(size)],
  ['one long line', (size) => `set k ${'value '.repeat(size)}\n`],
  ['escapes', (size) => `${'\\n\\x1b\\\\'.repeat(size)}\n`],
  ['empty lines', (size) => '\n\n\n\n'.repeat(size)],
  ['no newline', (size) => 'get k'.repeat(size)],
])('a history file of %s', (_, make) => {
  it('is read, searched and added to in time that grows with it', async () => {
    const texts = new Map<number, string>();
    const path = join(temporaryFolder(), 'history');
    await expectLinear((size) => {
      const text = texts.get(size) ?? make(size);
      texts.set(size, text);
      writeFileSync(path, text);
      const history = new History(openHistoryFile({ path }));
      history.search('not there');
      history.add('get other', 'get other');
    }, 1_000);
  });
});
