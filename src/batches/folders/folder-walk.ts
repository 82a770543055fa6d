/** Walks the files below a folder, in the byte order of their paths, which is that of keys. */
import { isUtf8 } from 'node:buffer';
import { type Dirent, readdirSync } from 'node:fs';
import { DEPTH_LIMIT } from '../../formats/files/files.js';
import type { HeldFolder, RawName } from './held-folder.js';

export interface FoundFile {
  /** Its folder, valid until the next file is asked for. */
  readonly folder: HeldFolder;
  readonly name: RawName;
  /** The path below the folder that is walked, its bytes as characters up to U+00FF. */
  readonly path: RawName;
  /** The path as text; undefined where it is not UTF-8. */
  readonly key: string | undefined;
  /** `other`: a device, a FIFO, a socket. `deep`: a folder too deep to enter. */
  readonly kind: 'file' | 'link' | 'other' | 'deep';
}

/**
 * Called when a folder has been left, with its path, which ends with `/`, and its parent folder,
 * where the callback may delete it.
 */
export type WhenLeft = (parent: HeldFolder, name: RawName) => void;

/** Throws the file system's error for a folder that cannot be read. */
export function* filesBelow(
  folder: HeldFolder,
  left?: WhenLeft,
  above: RawName = '',
  depth = 1,
): Generator<FoundFile> {
  const entries = readdirSync(folder.path, { withFileTypes: true, encoding: 'latin1' });
  // A folder is sorted where its files are: `a.b`, `a/x`, `a0`.
  const sorted = entries
    .map((entry) => ({ entry, order: entry.isDirectory() ? `${entry.name}/` : entry.name }))
    .sort((a, b) => (a.order < b.order ? -1 : 1));
  for (const { entry, order } of sorted) {
    const { name } = entry;
    const path = above + order;
    if (!entry.isDirectory() || depth === DEPTH_LIMIT) {
      yield { folder, name, path, key: textOf(path), kind: kindOf(entry) };
      continue;
    }
    const inner = folder.folder(name);
    try {
      yield* filesBelow(inner, left, path, depth + 1);
    } finally {
      inner.close();
    }
    left?.(folder, name);
  }
}

function kindOf(entry: Dirent): FoundFile['kind'] {
  if (entry.isFile()) return 'file';
  if (entry.isSymbolicLink()) return 'link';
  return entry.isDirectory() ? 'deep' : 'other';
}

function textOf(path: RawName): string | undefined {
  const bytes = Buffer.from(path, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : undefined;
}
