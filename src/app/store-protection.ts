/** Protects a store's files from a verb that writes to, or reads from, a file. */
import { join } from 'node:path';
import { KvError } from '../errors.js';
import { isSameFile } from '../terminal/same-file.js';
import type { Terminal } from '../terminal/terminal.js';

/**
 * The same terminal, but it refuses with `usage` to write a file of the store in the folder
 * `store`, and to read its lock file: closing that again would release the process's locks.
 */
export function protectingStore(terminal: Terminal, store: string): Terminal {
  const refuse = async (action: 'read' | 'write', path: string): Promise<void> => {
    const { DATA_FILE, LOCK_FILE } = await import('../store/lmdb/layout.js');
    const names = action === 'read' ? [LOCK_FILE] : [DATA_FILE, LOCK_FILE];
    if (names.some((name) => isSameFile(path, join(store, name)))) {
      throw new KvError(
        'usage',
        `cannot ${action} "${path}": it is a file of the store "${store}"`,
      );
    }
  };
  return {
    ...terminal,
    async openOutput(path, stdout) {
      await refuse('write', path);
      return terminal.openOutput(path, stdout);
    },
    async openAppend(path, stdout, anew) {
      await refuse('write', path);
      return terminal.openAppend(path, stdout, anew);
    },
    async openInput(path, stdin) {
      await refuse('read', path);
      return terminal.openInput(path, stdin);
    },
  };
}
