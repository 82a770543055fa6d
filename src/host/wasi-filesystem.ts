/** wasi:filesystem for programs that look for files: there are none. */

/** The interfaces by name. */
export function wasiFilesystem() {
  return {
    'wasi:filesystem/preopens': { getDirectories: () => [] },
    // C libraries call this for every stream that fails.
    'wasi:filesystem/types': { filesystemErrorCode: () => undefined },
  };
}
