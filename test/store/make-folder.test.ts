import { existsSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { historyPlace } from '../../src/app/history-place.js';
import { openHistoryFile } from '../../src/repl/history-file.js';
import { makeFolder } from '../../src/store/lmdb/make-folder.js';
import { Shell } from '../support/shell.js';
import { temporaryFolder } from '../support/temporary-folder.js';

describe('makeFolder()', () => {
  test('makes the folders above as well, for their owner alone', () => {
    const folder = temporaryFolder();
    makeFolder(join(folder, 'a/b/c/'));
    for (const path of ['a', 'a/b', 'a/b/c']) {
      expect((statSync(join(folder, path)).mode & 0o777).toString(8)).toBe('700');
    }
    makeFolder(join(folder, 'a/b'));
    expect(readdirSync(join(folder, 'a'))).toEqual(['b']);
  });

  test('refuses a dead symbolic link, at the end of the path and within it', () => {
    const folder = temporaryFolder();
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dead'));
    for (const path of ['dead', 'dead/store', 'dead/a/b']) {
      expect(() => makeFolder(join(folder, path))).toThrow(/dead": it is a symbolic link that/);
    }
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  });

  test('refuses what is below a file', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(() => makeFolder(join(folder, 'file/a/b'))).toThrow(/ENOTDIR/);
  });

  test.skipIf(!existsSync('/proc/self'))('ends below /proc', () => {
    for (const path of ['/proc/a', '/proc/a/b/c', '/proc/self/a/b']) {
      expect(() => makeFolder(path)).toThrow(/ENOENT|EACCES|EPERM/);
    }
  });
});

describe('a path below /proc or a dead link', () => {
  test.skipIf(!existsSync('/proc/self'))(
    'for the store is one line and 6, for every folder of kv',
    async () => {
      const shell = new Shell();
      symlinkSync(join(shell.folder, 'nowhere'), join(shell.folder, 'dead'));
      for (const path of ['/proc/kv/store', 'dead/store', 'dead']) {
        const { status, stderr } = await shell.run(`kv -s ${path} set k v`);
        expect(status).toBe(6);
        expect(stderr).toBe(
          path.startsWith('dead')
            ? 'kv: cannot make folder "dead": it is a symbolic link that leads nowhere\n'
            : `kv: cannot make store "${path}": no such file or directory\n`,
        );
      }
    },
  );

  test.skipIf(!existsSync('/proc/self'))('for the history keeps no history', () => {
    const history = openHistoryFile(historyPlace({ XDG_STATE_HOME: '/proc/kv' }));
    history.add('keys');
    expect(history.read()).toEqual([]);
  });
});
