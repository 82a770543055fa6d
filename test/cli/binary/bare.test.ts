/** `kv` by itself, where no person is there: it runs what its stdin brings. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Shell } from '../../support/shell.js';

describe('a bare kv', () => {
  it('runs the script of a pipe, of a file and of a here-document', async () => {
    const shell = new Shell();
    writeFileSync(join(shell.folder, 'script'), 'incr a\n');
    expect(await shell.succeed("printf 'set k v\\nget k\\n' | kv")).toBe('v');
    expect(await shell.succeed("echo 'get k' | kv")).toBe('v');
    expect(await shell.succeed('kv < script')).toBe('1\n');
    expect(await shell.succeed("kv << 'end'\nincr a\n# a comment\nincr a\nend")).toBe('2\n3\n');
    expect(await shell.succeed('kv <<< "get k"')).toBe('v');
  });

  it('takes the global options', async () => {
    const shell = new Shell();
    await shell.succeed('kv bucket create b');
    const script = "printf 'set k v\\nget k\\n'";
    expect(await shell.succeed(`${script} | kv -b b --json`)).toMatch(/"value":"v"/);
    expect(await shell.succeed('kv keys -b b')).toBe('k\n');
    const { status } = await shell.run(`${script} | kv --read-only`);
    expect(status).toBe(6);
  });

  it('ends with the status of the line that failed, whose number it tells', async () => {
    const { status, text, stderr } = await new Shell().run("printf 'incr a\\nget b\\nincr a' | kv");
    expect([status, text]).toEqual([1, '1\n']);
    expect(stderr).toBe('kv: stdin:2: cannot get "b": there is no such key\n');
  });

  it('does nothing for an empty pipe or file', async () => {
    const shell = new Shell();
    const nothing = { status: 0, text: '', stderr: '' };
    expect(await shell.run('printf "" | kv')).toMatchObject(nothing);
    expect(await shell.run('touch empty; kv < empty')).toMatchObject(nothing);
  });

  it('answers each line of a coprocess before the next one comes', async () => {
    const script = `coproc kv
      for line in 'incr n' 'incr n 41' 'set k v' 'exists k'; do
        echo "$line" >&\${COPROC[1]}
        [[ $line == set* ]] || { read -r answer <&\${COPROC[0]}; echo "$line: $answer"; }
      done`;
    expect(await new Shell().succeed(script)).toBe('incr n: 1\nincr n 41: 42\nexists k: true\n');
  });
});
