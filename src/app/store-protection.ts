/** Protects the files of a store from what a verb writes to a file. */
import { join } from 'node:path';
import { KvError } from '../errors.js';
import { isSameFile } from '../terminal/same-file.js';
import type { Terminal } from '../terminal/terminal.js';

/** The same terminal, which refuses with `usage` to open a file of the store in the folder `store`. */
export function protectingStore(terminal: Terminal, store: string): Terminal {
  const refuse = async (path: string): Promise<void> => {
    const { DATA_FILE, LOCK_FILE } = await import('../store/lmdb/layout.js');
    if ([DATA_FILE, LOCK_FILE].some((name) => isSameFile(path, join(store, name)))) {
      throw new KvError('usage', `cannot write "${path}": it is a file of the store "${store}"`);
    }
  };
  return {
    ...terminal,
    async openOutput(path, stdout) {
      await refuse(path);
      return terminal.openOutput(path, stdout);
    },
    async openAppend(path, stdout, anew) {
      await refuse(path);
      return terminal.openAppend(path, stdout, anew);
    },
  };
}
