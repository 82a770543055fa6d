/** Editing with real programs as the editor. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Shell } from '../support/shell.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { hasTmux, Screen } from '../support/tmux.js';

/** A shell in which `edit.sh` is the editor. */
function shellWith(script: string): Shell {
  const shell = new Shell(undefined, { EDITOR: `sh -c '${script}' sh` });
  return shell;
}

describe('kv edit', () => {
  it('saves what the editor leaves, without the newline that it adds', async () => {
    const shell = shellWith('sed -i "s/hello/bye/; s/$/!/" "$1"; echo >> "$1"');
    await shell.succeed('printf "hello\\n" | kv set line; kv set word hello');
    await shell.succeed('kv edit line; kv edit word');
    expect(await shell.succeed('kv get line; kv get word')).toBe('bye!\n\nbye!');
    const one = shellWith('echo >> "$1"');
    await one.succeed('kv set n 41; kv edit n; kv incr n');
    expect(await one.succeed('kv get n')).toBe('42');
  });

  it('saves the bytes that the editor leaves, though they are no text', async () => {
    const shell = shellWith('printf "caf\\351\\n" > "$1"');
    await shell.succeed('kv set k before; kv edit k');
    expect(await shell.succeed('kv get k --format hex')).toMatch(/63 ?61 ?66 ?e9/);
    expect(await shell.succeed('kv stat k --json | jq .size')).toBe('4\n');
  });

  it('makes a missing key, unless nothing is written', async () => {
    const shell = shellWith('printf %s "$TEXT" > "$1"');
    await shell.succeed('TEXT= kv edit k');
    expect((await shell.run('kv exists k')).status).toBe(1);
    await shell.succeed('TEXT=new kv edit k');
    expect(await shell.succeed('kv get k')).toBe('new');
  });

  it('prefers VISUAL, with its options', async () => {
    const shell = shellWith('false');
    await shell.succeed(`kv set k a; VISUAL='sed -i s/a/b/' kv edit k`);
    expect(await shell.succeed('kv get k')).toBe('b');
  });

  it('writes a file for its user alone, which goes', async () => {
    const shell = shellWith('stat -c "%a %n" "$1" > seen; stat -c %a $(dirname "$1") >> seen');
    await shell.succeed('kv set k "{}"; kv edit k');
    const [file, folder] = readFileSync(`${shell.folder}/seen`, 'utf8').split('\n');
    expect(file).toMatch(/^600 .*\.json$/);
    expect(folder).toBe('700');
    expect(existsSync(file!.slice(4))).toBe(false);
    expect(existsSync(dirname(file!.slice(4)))).toBe(false);
  });

  it('keeps the text in a file where somebody else was first', async () => {
    const shell = shellWith('kv set k theirs; echo mine > "$1"');
    await shell.succeed('kv set k before');
    const { status, stderr } = await shell.run('kv edit k');
    expect(status).toBe(3);
    const [, path] =
      /^kv: cannot set "k": its version is \d+, not \d+\nyour text is in (.*)\n$/.exec(stderr)!;
    expect(readFileSync(path!, 'utf8')).toBe('mine\n');
    expect(statSync(path!).mode & 0o777).toBe(0o600);
    expect(await shell.succeed('kv get k')).toBe('theirs');
    await shell.succeed(`rm -r "${dirname(path!)}"`);
  });

  it('saves no broken JSON unasked, and keeps the text', async () => {
    const shell = shellWith('sed -i s/}// "$1"');
    await shell.succeed(`kv set k '{"a":1}'`);
    const { status, stderr } = await shell.run('kv edit k');
    expect(status).toBe(2);
    const path = /your text is in (.*)\n$/.exec(stderr)![1]!;
    expect(readFileSync(path, 'utf8')).toBe('{"a":1');
    expect(await shell.succeed('kv get k')).toBe('{"a":1}');
    await shell.succeed(`rm -r "${dirname(path)}"`);
  });

  it('saves nothing where the editor fails, or the value is no text', async () => {
    const shell = shellWith('echo x > "$1"; exit 3');
    await shell.succeed('kv set k before; printf "\\0" | kv set binary');
    const failed = await shell.run('kv edit k');
    expect([failed.status, await shell.succeed('kv get k')]).toEqual([2, 'before']);
    expect(failed.stderr).toContain('has ended with 3; nothing was saved');
    const binary = await shell.run('kv edit binary');
    expect([binary.status, binary.stderr.split('\n')[0]]).toEqual([
      4,
      'kv: cannot edit "binary": its value is binary',
    ]);
  });
});

describe.runIf(hasTmux)('kv edit in a terminal', () => {
  it.runIf(isThere('ed'))('leaves the keyboard to ed', async () => {
    const screen = await Screen.open();
    await screen.shell.succeed("printf 'hello\\n' | kv set k");
    await screen.type('clear; EDITOR=ed kv edit k');
    // How many bytes it has read.
    await screen.until((lines) => lines.at(-1) === '6');
    for (const line of ['s/hello/bye/', 'w', 'q']) await screen.type(line);
    expect(await screen.status()).toBe(0);
    expect(await screen.says('set "k": 4 B')).toBe(true);
    expect(await screen.shell.succeed('kv get k')).toBe('bye\n');
  });

  it.runIf(isThere('vi'))('leaves the screen to vi', async () => {
    const screen = await Screen.open();
    await screen.shell.succeed('kv set k hello');
    await screen.type('clear; kv edit k');
    await screen.until((lines) => lines[1] === '~');
    await screen.press('c', 'w', 'b', 'y', 'e', 'Escape');
    await screen.type(':wq');
    expect(await screen.status()).toBe(0);
    expect(await screen.shell.succeed('kv get k')).toBe('bye');
  });

  it('asks before it saves what is no longer JSON', async () => {
    const folder = temporaryFolder();
    const screen = await Screen.open(new Shell(undefined, { TMPDIR: folder }));
    await screen.shell.succeed(`kv set k '{"a":1}'`);
    await screen.type('clear; EDITOR="sed -i s/}//" kv edit k');
    await screen.shows('save "k" all the same?');
    await screen.type('n');
    expect(await screen.status()).toBe(2);
    expect(await screen.says('your text is in ')).toBe(true);
    expect(await screen.shell.succeed('kv get k')).toBe('{"a":1}');
    // Else the question would be there already.
    await screen.run('true');
    await screen.type('EDITOR="sed -i s/}//" kv edit k');
    await screen.shows('save "k" all the same?');
    await screen.type('y');
    expect(await screen.status()).toBe(0);
    expect(await screen.shell.succeed('kv get k')).toBe('{"a":1');
  });
});

function isThere(program: string): boolean {
  return spawnSync('which', [program]).status === 0;
}
