import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Shell = 'bash' | 'zsh' | 'fish';

/** What stands before the cursor, and the words that every shell has to offer there. */
const cases: readonly [line: string, offered: readonly string[]][] = [
  ['kv g', ['get', 'get-many']],
  ['kv l', ['ls']],
  ['kv --json -s /x b', ['bucket']],
  ['kv bucket ', ['create', 'list', 'ls']],
  ['kv bucket -q l', ['list', 'ls']],
  ['kv bucket list --l', ['--long']],
  ['kv bucket ls --l', ['--long']],
  ['kv get --l', ['--length']],
  ['kv ls --js', ['--json']],
  ['kv run --q', ['--quick', '--quiet']],
  ['kv run --bu', ['--bucket']],
  ['kv get --format ', ['base64', 'hex', 'raw', 'text']],
  ['kv get --format=h', ['hex']],
  ['kv --color n', ['never']],
  ['kv get k --color=al', ['always']],
  ['kv import no', ['note one.txt']],
  ['kv get k -o no', ['note one.txt']],
  ['kv get no', []],
  ['kv import note --store no', ['note one.txt']],
  ['kv import x no', []],
  ['kv completion ', ['bash', 'fish', 'zsh']],
  ['kv help comp', ['completion']],
  ['kv help bucket c', ['create']],
  ['kv frobnicate ', []],
  ['kv keys --tree comp', []],
  ['kv get -- --l', []],
  ['kv get k --format hex --fo', []],
  ['kv get k > no', ['note one.txt']],
];

let folder: string;
let evil: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kv-completion-'));
  mkdirSync(join(folder, 'files'));
  writeFileSync(join(folder, 'files', 'note one.txt'), '');
  evil = join(folder, 'evil');
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync(join(import.meta.dirname, '../../node_modules'), join(bin, 'node_modules'));
  buildSync({
    entryPoints: [join(import.meta.dirname, 'programs/fixture-kv.ts')],
    outfile: join(bin, 'fixture.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['lmdb'],
    logLevel: 'error',
    define: { 'import.meta.url': '""' },
  });
  writeFileSync(join(bin, 'kv'), `#!/bin/sh\nexec node ${join(bin, 'fixture.cjs')} "$@"\n`);
  chmodSync(join(bin, 'kv'), 0o755);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each<[Shell, (script: string, line: string) => string[]]>([
  ['bash', inBash],
  ['zsh', inZsh],
  ['fish', inFish],
])('completion in %s', (shell, complete) => {
  const absent = spawnSync(shell, ['--version']).status !== 0;

  it.skipIf(absent)('is a script without errors of syntax', () => {
    expect(spawnSync(shell, ['-n', script(shell)], { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  it.skipIf(absent)('can be sourced twice, and says nothing', () => {
    const text = `source ${script(shell)}; source ${script(shell)}`;
    const strict = shell === 'fish' ? text : `set -eu; ${text}`;
    expect(spawnSync(shell, ['-c', strict], { env: env(), encoding: 'utf8' })).toMatchObject({
      status: 0,
      stdout: '',
      stderr: '',
    });
  });

  it.skipIf(absent)('runs nothing that a summary, value or word spells', () => {
    expect(complete(script(shell), 'kv tra')).toEqual(['trap']);
    expect(complete(script(shell), 'kv trap --ba')).toEqual(['--bare']);
    complete(script(shell), 'kv trap --odd ');
    expect(complete(script(shell), 'kv trap ')).toHaveLength(2);
    expect(existsSync(evil)).toBe(false);
  });

  it.skipIf(absent).each(cases)('offers after "%s": %j', (line, offered) => {
    expect(complete(script(shell), line)).toEqual(offered);
  });
});

describe('completion in fish', () => {
  it.skipIf(spawnSync('fish', ['--version']).status !== 0)('shows summaries', () => {
    expect(fishOutput(script('fish'), 'kv comp')).toBe(
      "completion\tPrint a shell's completion script\n",
    );
  });
});

describe('completion in zsh', () => {
  it.skipIf(spawnSync('zsh', ['--version']).status !== 0)('loads from $fpath as _kv', () => {
    const functions = join(folder, 'functions');
    mkdirSync(functions);
    copyFileSync(script('zsh'), join(functions, '_kv'));
    const loader = join(folder, 'loader.zsh');
    writeFileSync(loader, `fpath=(${functions} $fpath)\ncompinit -u -D\n`);
    expect(inZsh(loader, 'kv g')).toEqual(['get', 'get-many']);
    expect(inZsh(loader, 'kv bucket c')).toEqual(['create']);
  });
});

const files = { bash: 'kv.bash', zsh: '_kv', fish: 'kv.fish' };

function script(shell: Shell): string {
  return join(import.meta.dirname, '../../completions', files[shell]);
}

/** Calls the function that the script registers, with the words as bash parts them. */
function inBash(file: string, line: string): string[] {
  const words = line
    .split(/ |(?=[=:])|(?<=[=:])/)
    .map((word) => `'${word}'`)
    .join(' ');
  const program = `
    set -u
    source "$1"
    COMP_WORDS=(${words})
    COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    COMP_LINE=$2
    COMP_POINT=\${#COMP_LINE}
    last=\${COMP_WORDS[COMP_CWORD]}
    [[ $last == [=:] ]] && last=''
    $(complete -p kv | sed 's/.*-F \\([^ ]*\\) .*/\\1/') kv "$last" ''
    ((\${#COMPREPLY[@]})) && printf '%s\\n' "\${COMPREPLY[@]}"
    true`;
  return linesOf(capture('bash', ['--norc', '-c', program, 'bash', file, line]));
}

/** Types the line into an interactive zsh, where a widget writes down what would be offered. */
function inZsh(file: string, line: string): string[] {
  const output = join(folder, 'offered');
  const setup = join(folder, 'setup.zsh');
  writeFileSync(output, '');
  writeFileSync(
    setup,
    `PS1=
autoload -Uz compinit
compinit -C -d ${join(folder, 'zcompdump')}
source ${file}
hits=()
compadd() {
  # Calls that only ask what would match, or store it, are not offers.
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
  local -a matching
  builtin compadd -O matching "$@"
  hits+=($matching)
  builtin compadd "$@"
}
capture() { _main_complete; print -rl -- $hits > ${output}; exit }
zle -C capture complete-word capture
bindkey '^I' capture
print READY
`,
  );
  const program = `
    zmodload zsh/zpty
    zpty shell zsh -f -i
    zpty -w shell "source $1"
    zpty -r shell seen '*READY*'
    zpty -w -n shell "$2"$'\\t'
    while zpty -r shell seen; do :; done 2> /dev/null`;
  capture('zsh', ['-f', '-c', program, 'zsh', setup, line]);
  // Names of files come with their spaces escaped, as they are put in.
  return linesOf(readFileSync(output, 'utf8').replaceAll('\\ ', ' '));
}

function inFish(file: string, line: string): string[] {
  const offered = linesOf(fishOutput(file, line)).map((one) => one.split('\t', 1)[0]!);
  // fish shows the whole word, the other shells what is to be put in.
  return offered.map((word) => word.replace(/^--[\w-]+=/, ''));
}

function fishOutput(file: string, line: string): string {
  const program = 'source $argv[1]; complete -C $argv[2]';
  return capture('fish', ['--no-config', '-c', program, file, line]);
}

function capture(shell: Shell, args: readonly string[]): string {
  const options = { cwd: join(folder, 'files'), env: env(), timeout: 20_000 };
  const { status, stdout, stderr } = spawnSync(shell, args, { ...options, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

function env(): NodeJS.ProcessEnv {
  const PATH = `${join(folder, 'bin')}:${process.env.PATH}`;
  return { PATH, EVIL: evil, HOME: folder, LC_ALL: 'C.UTF-8', TERM: 'xterm' };
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}
