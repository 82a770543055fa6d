/** Compiled code that is kept between starts: it is used when it can be trusted, and never in the way. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Shell } from '../../support/shell.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const root = join(import.meta.dirname, '../../..');
const isRoot = process.getuid?.() === 0;
const canBeOthers = isRoot && spawnSync('setpriv', ['--version']).status === 0;

/** A user, by a number that no system gives away. */
const SOMEBODY = 54321;
const asSomebody = `setpriv --reuid ${SOMEBODY} --regid ${SOMEBODY} --clear-groups`;

const folderOf = (shell: Shell) => join(shell.env.HOME!, '.cache/kv');
const filesOf = (shell: Shell) => readdirSync(folderOf(shell)).sort();
const onlyFile = (shell: Shell) => {
  const names = filesOf(shell);
  expect(names).toHaveLength(1);
  return join(folderOf(shell), names[0]!);
};

/** What `KV_TRACE=start` says of the kept code: the verbs that V8 has taken it for, or that it was compiled. */
async function start(shell: Shell, command: string): Promise<string> {
  const { stderr, status } = await shell.run(`KV_TRACE=start ${command}`);
  expect(stderr).toContain('the verb has run');
  expect(status).toBe(0);
  const verbs = /kept by earlier starts: (.*), in /.exec(stderr)?.[1];
  return verbs ?? /(compiled|no code is kept): (.*)/.exec(stderr)![0];
}

describe('the compiled code', () => {
  it('is kept by the first start, and taken by the next', async () => {
    const shell = freshShell();
    expect(await start(shell, 'kv set k v')).toBe('compiled: nothing is kept yet');
    expect(await start(shell, 'kv set k v')).toBe('set');
    expect(await shell.succeed('kv get k')).toBe('v');
  });

  it('is for its owner alone, and the folders that are made for it as well', async () => {
    const shell = freshShell();
    await shell.succeed('umask 0; kv --version');
    const modes = [join(folderOf(shell), '..'), folderOf(shell), onlyFile(shell)].map(
      (path) => lstatSync(path).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o700, 0o600]);
  });

  it('is kept for each verb, and is not written again', async () => {
    const shell = freshShell();
    await shell.succeed('kv set k v; kv get k; kv incr n');
    const files = () => filesOf(shell).map((name) => lstatSync(join(folderOf(shell), name)).ino);
    const before = files();
    expect(before).toHaveLength(3);
    expect(await start(shell, 'kv get k')).toBe('get');
    expect(files()).toEqual(before);
  });

  it('grows by what each verb needs where an option stands before it', async () => {
    const shell = freshShell();
    await shell.succeed('kv --quiet set k v; kv -q get k');
    const { ino } = lstatSync(onlyFile(shell));
    expect(await start(shell, 'kv --json get k')).toBe('set, get');
    expect(lstatSync(onlyFile(shell)).ino).toBe(ino);
  });

  it('is not kept of a run that failed', async () => {
    const shell = freshShell();
    expect((await shell.run('kv -s nowhere get k; kv nonsense; kv --bucket')).status).toBe(2);
    expect(shell.files(shell.env.HOME)).toEqual([]);
  });

  it('is kept of a run whose answer was no, and grows by what a yes needs', async () => {
    const shell = freshShell();
    await shell.run('kv get k');
    const { ino } = lstatSync(onlyFile(shell));
    const again = await shell.run('KV_TRACE=start kv get k');
    expect(again.stderr).toContain('kept by earlier starts: get (1), in ');
    expect(lstatSync(onlyFile(shell)).ino).toBe(ino);
    await shell.succeed('kv set k v; kv get k');
    expect(await start(shell, 'kv get k')).toBe('get (1), get');
  });

  it('is in $XDG_CACHE_HOME, where that is absolute', async () => {
    const shell = freshShell();
    await shell.succeed(
      'XDG_CACHE_HOME=$PWD/caches kv --version; XDG_CACHE_HOME=here kv --version',
    );
    expect(shell.files()).toEqual(['caches']);
    expect(shell.files(join(shell.folder, 'caches/kv'))).toEqual(filesOf(shell));
  });

  it.each(['KV_NO_CACHE=1', 'XDG_CACHE_HOME=$PWD/$(printf "caf\\351")'])(
    'is neither kept nor taken with %s',
    async (variable) => {
      const shell = freshShell();
      await shell.succeed('kv --version');
      const { mtimeMs } = lstatSync(onlyFile(shell));
      expect(await start(shell, `${variable} kv set k v`)).toContain('no code is kept: ');
      expect(lstatSync(onlyFile(shell)).mtimeMs).toBe(mtimeMs);
      expect(shell.files()).toEqual([]);
    },
  );

  it('is kept in the 32 newest files, without the remains of those that were killed', async () => {
    const shell = freshShell();
    await shell.succeed('kv --version');
    const remains = join(folderOf(shell), '.writing-1-1');
    writeFileSync(remains, 'half');
    writeFileSync(join(folderOf(shell), '.writing-2-2'), 'now');
    writeFileSync(join(folderOf(shell), 'other'), '');
    utimesSync(remains, 1, 1);
    for (let index = 0; index < 32; index++) {
      const old = join(folderOf(shell), `code-old-${index}`);
      writeFileSync(old, '');
      utimesSync(old, index + 1, index + 1);
    }
    await shell.succeed('kv set k v');
    const old = Array.from({ length: 30 }, (_, index) => `code-old-${index + 2}`).sort();
    const names = filesOf(shell).filter((name) => !/^code-[0-9a-f]{16}$/.test(name));
    expect(names).toEqual(['.writing-2-2', ...old, 'other']);
    expect(filesOf(shell)).toHaveLength(34);
  });

  it('is kept whole by eight first starts at once', async () => {
    const shell = freshShell();
    const script = 'for i in 1 2 3 4 5 6 7 8; do kv set k$i v & done; wait; kv keys --count';
    const { text, stderr } = await shell.run(script);
    expect([text, stderr]).toEqual(['8\n', '']);
    expect(await start(shell, 'kv set k v')).toBe('set');
    // One for `keys`.
    const code = expect.stringMatching(/^code-/);
    expect(filesOf(shell)).toEqual([code, code]);
  });

  it('is that of each set of options of Node, and of each install', async () => {
    const shell = freshShell();
    const other = join(temporaryFolder(), 'kv');
    copyPackage(other);
    const starts = ['kv', 'node --no-opt $(which kv)', `node ${other}/bin/kv.js`];
    await shell.succeed(starts.map((command) => `${command} set k v`).join('; '));
    expect(filesOf(shell)).toHaveLength(3);
    for (const command of starts) expect(await start(shell, `${command} set k v`)).toBe('set');
    expect(await start(shell, 'NODE_OPTIONS=--no-warnings kv set k v')).toContain('compiled');
  });

  const { KV_OTHER_NODE: otherNode } = process.env;

  it.skipIf(otherNode === undefined)('is that of each Node, two in turn', async () => {
    const shell = freshShell();
    const nodes = ['node', otherNode!];
    for (const node of nodes) await shell.succeed(`${node} $(which kv) set k v`);
    expect(filesOf(shell)).toHaveLength(2);
    for (const node of [...nodes, ...nodes]) {
      expect(await start(shell, `${node} $(which kv) set k v`)).toBe('set');
    }
  });
});

describe('kept code that is not what was kept', () => {
  const changes: Record<string, (file: string) => void> = {
    'was cut off': (file) => truncateSync(file, lstatSync(file).size - 8),
    // V8 would end the process.
    'has a bit flipped': (file) =>
      change(file, (bytes) => {
        bytes[bytes.length >> 2]! ^= 1;
      }),
    'is refused by V8': (file) =>
      change(file, (bytes) => {
        const start = bytes.indexOf('\n') + 1;
        for (const at of [start, start + (bytes.length - start) / 2]) bytes[at]! ^= 1;
      }),
    'is a pipe': (file) => {
      rmSync(file);
      spawnSync('mkfifo', [file]);
    },
  };

  it.each(Object.keys(changes))('is not taken where it %s, and is replaced', async (name) => {
    const shell = freshShell();
    await shell.succeed('kv set k v');
    changes[name]!(onlyFile(shell));
    expect(await start(shell, 'kv set k w')).toMatch(/^compiled: (?!nothing)/);
    expect(await start(shell, 'kv set k w')).toBe('set');
  });

  it('is neither taken nor replaced in a folder that others can write', async () => {
    const shell = freshShell();
    await shell.succeed('kv set k v');
    chmodSync(folderOf(shell), 0o777);
    const { ino } = lstatSync(onlyFile(shell));
    expect(await start(shell, 'kv set k v')).toContain('can be written by others');
    expect(lstatSync(onlyFile(shell)).ino).toBe(ino);
  });
});

describe('where nothing can be kept', () => {
  it.each([
    ['a file is in the way', 'touch "$HOME/.cache"'],
    ['its folder is a file', 'mkdir "$HOME/.cache"; touch "$HOME/.cache/kv"'],
    ['a link leads nowhere', 'ln -s /nowhere/there "$HOME/.cache"'],
    ['no folder can be made', 'export XDG_CACHE_HOME=/proc/self/caches'],
    ['the home folder is none', 'export HOME=/dev/null KV_STORE=$PWD/s'],
  ])('kv works the same: %s', async (_, prepare) => {
    const { text, stderr, status } = await freshShell().run(`${prepare}; kv set k v; kv get k`);
    expect([text, stderr, status]).toEqual(['v', '', 0]);
  });

  it.skipIf(!canBeOthers)('kv works the same: for a user without a home folder', async () => {
    const shell = freshShell(openToAll());
    chownSync(shell.folder, SOMEBODY, SOMEBODY);
    const { text, stderr } = await shell.run(
      `unset HOME; for i in 1 2; do ${asSomebody} $(which kv) -s s incr n; done`,
    );
    expect([text, stderr]).toEqual(['1\n2\n', '']);
  });

  it.skipIf(!isRoot)("root leaves nothing in another user's home", async () => {
    const shell = freshShell();
    chownSync(shell.env.HOME!, SOMEBODY, SOMEBODY);
    await shell.succeed('kv -s s set k v; kv -s s get k');
    expect(shell.files(shell.env.HOME)).toEqual([]);
  });
});

describe.skipIf(!canBeOthers)('an install that is owned by root and cannot be written', () => {
  it('is started by another user out of what that one keeps', async () => {
    const base = openToAll();
    const installed = join(base, 'lib/kv');
    copyPackage(installed);
    spawnSync('chmod', ['-R', 'a-w,a+rX', installed]);
    const shell = freshShell(join(base, 'shell'));
    chmodSync(shell.folder, 0o777);
    chownSync(shell.env.HOME!, SOMEBODY, SOMEBODY);
    const kv = `${asSomebody} $(which node) ${installed}/bin/kv.js`;
    expect(await start(shell, `${kv} set k v`)).toBe('compiled: nothing is kept yet');
    expect(await start(shell, `${kv} set k v`)).toBe('set');
    expect(lstatSync(onlyFile(shell)).uid).toBe(SOMEBODY);
  });
});

/** A folder that every user may look into. */
function openToAll(): string {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'shell'));
  return folder;
}

/** The package as it is installed, with what it depends on linked. */
function copyPackage(to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of ['bin', 'dist']) cpSync(join(root, name), join(to, name), { recursive: true });
  copyFileSync(join(root, 'package.json'), join(to, 'package.json'));
  symlinkSync(realpathSync(join(root, 'node_modules')), join(to, 'node_modules'));
}

function change(file: string, edit: (bytes: Buffer) => void): void {
  const bytes = readFileSync(file);
  edit(bytes);
  writeFileSync(file, bytes);
}

/** A shell for which no code has been kept; it will be in its home. */
function freshShell(base?: string): Shell {
  return new Shell(base, { XDG_CACHE_HOME: '' });
}
