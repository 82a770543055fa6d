/** What a program is told that looks for files: that there are none. Beyond that, see denied.ts. */

import { denied } from './denied.js';

/** The interfaces by name. */
export function wasiFilesystem() {
  return {
    'wasi:filesystem/preopens': { getDirectories: () => [] },
    'wasi:filesystem/types': Object.assign(Object.create(denied('wasi:filesystem/types')), {
      // C libraries ask this of every stream that fails.
      filesystemErrorCode: () => undefined,
    }),
  };
}
