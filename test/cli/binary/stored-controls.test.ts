/** What reaches a terminal, byte by byte, when everything stored and every name is hostile. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { componentOf } from '../../support/hostile-guest.js';
import { Shell } from '../../support/shell.js';

const hasScript = spawnSync('script', ['-V']).status === 0;

const HOSTILE = 'h\x1b]0;owned\x07\x7f\u009b31m\u202e';
/** As a word of a shell. */
const WORD = `'${HOSTILE}'`;

// All controls but newline and tab; and those of writing direction.
const obeyed = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
// What kv writes itself: the ends of lines, which the terminal's driver extends, colours, and the
// clearing of a bar.
const own = /\r\n|\x1b\[[0-9;]*m|\r?\x1b\[K/g;

const verbs = [
  `get ${WORD}`,
  `get --json ${WORD}`,
  `get ${WORD}-none`,
  'get bytes',
  `get-many ${WORD} bytes`,
  'keys',
  'keys --json',
  `stat ${WORD}`,
  `incr ${WORD}`,
  `set --if-absent ${WORD} v`,
  'bucket list',
  'bucket list --json',
  `bucket create ${WORD}`,
  `bucket info 'b\u202e'`,
  `bucket info ${WORD}-none`,
  ...['ndjson', 'csv', 'tsv', 'mdb'].map((format) => `export --format ${format}`),
  'export -o /dev/stdout --format csv',
  `export -b ${WORD}-none`,
  `import ${WORD}.ndjson`,
  `import --json ${WORD}.ndjson`,
  `import --strict ${WORD}.ndjson`,
  `import --on-error skip --rejects /dev/stdout ${WORD}.ndjson`,
  `import ${WORD}.csv`,
  `import ${WORD}-none`,
  `import --format ${WORD}`,
  `exec ${WORD}.ndjson`,
  `exec ${WORD}-none`,
  `run --explain ${WORD}-none`,
  `run ${WORD}.ndjson`,
  'run hostile.wasm',
  'run --explain hostile.wasm',
  'run --explain --json hostile.wasm',
  `run -b ${WORD}=${WORD} hostile.wasm`,
  `-s ${WORD}-none keys`,
  `help ${WORD}`,
  WORD,
];

/** A shell in whose folder and store keys, values and files are so. */
async function hostileShell(): Promise<Shell> {
  const shell = new Shell();
  const value = `v${HOSTILE}\n\t\r"`;
  const stdin = `${HOSTILE}=${value}\0text=${value}`;
  await shell.succeed('xargs -0 kv set-many', { stdin });
  await shell.succeed('kv set bytes -', { stdin: Buffer.from('\x1b[31m\x9b\xff\x00', 'latin1') });
  await shell.succeed(`kv bucket create 'b\u202e'`);
  const member = JSON.stringify(HOSTILE);
  const lines = `{"key":"a","value":"1",${member}:1}\nbad${HOSTILE}\n`;
  writeFileSync(join(shell.folder, `${HOSTILE}.ndjson`), lines);
  writeFileSync(join(shell.folder, `${HOSTILE}.csv`), `key,value,${HOSTILE}\n"a"${HOSTILE},1\n`);
  // A component that imports and exports names of that kind.
  const name = [...HOSTILE].map((one) => `\\u{${one.codePointAt(0)!.toString(16)}}`).join('');
  const wat = `(component (import "evil:a/${name}" (instance)) (export "${name}" (instance 0)))`;
  writeFileSync(join(shell.folder, 'hostile.wasm'), await componentOf(wat));
  return shell;
}

/** What a command writes to a terminal, of stdout and stderr. */
async function shownBy(shell: Shell, command: string): Promise<string> {
  const word = command.replaceAll(`'`, `'\\''`);
  const { stdout } = await shell.run(`script -qec '${word}' /dev/null < /dev/null`);
  return stdout.toString();
}

// Without `script`, of util-linux, these are skipped, and the report says so.
describe.runIf(hasScript)('what is stored, on a terminal', () => {
  it('is shown as escapes by every verb', async () => {
    const shell = await hostileShell();
    const obeyedOf: Record<string, string> = {};
    for (const verb of verbs) {
      const text = await shownBy(shell, `kv ${verb}`);
      expect(text, verb).not.toBe('');
      if (obeyed.test(text.replaceAll(own, '\n'))) obeyedOf[verb] = text;
    }
    expect(obeyedOf).toEqual({});
  });

  it('is the same records in NDJSON', async () => {
    const shell = await hostileShell();
    const shown = JSON.parse(await shownBy(shell, 'kv export text'));
    expect(shown).toEqual(JSON.parse(await shell.succeed('kv export text')));
  });

  it('goes into a pipe byte for byte', async () => {
    const shell = await hostileShell();
    const csv = await shell.succeed('kv export text --format csv | cat');
    expect(csv).toContain(`text,"v${HOSTILE}\n\t\r""",,\n`);
  });
});
