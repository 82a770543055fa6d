/** What a program is told that looks for files: that there are none. */

/** The interfaces by name. */
export function wasiFilesystem() {
  return {
    'wasi:filesystem/preopens': { getDirectories: () => [] },
    // C libraries ask this of every stream that fails.
    'wasi:filesystem/types': { filesystemErrorCode: () => undefined },
  };
}
