/** The files below a folder that an export writes, one after the other. */
import { closeSync, constants, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { PIECE_BYTES, piecesOfFile } from './file-pieces.js';
import type { HeldFolder, RawName } from './held-folder.js';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;

/** What there is under a name, beside what there is to be. */
export type FileState = 'missing' | 'same' | 'different' | 'folder';

export class FileTree {
  readonly #root: HeldFolder;
  /** The folders that lead to the last file, each in the one before. */
  readonly #held: { readonly name: RawName; readonly folder: HeldFolder }[] = [];
  readonly #piece = Buffer.allocUnsafe(PIECE_BYTES);
  /** Tells the files of this run from those that a killed one has left. */
  readonly #run = `${process.pid}-${Math.random().toString(36).slice(2, 10)}`;
  #number = 0;

  constructor(root: HeldFolder) {
    this.#root = root;
  }

  /** The folder of a file, undefined where there is none, and `make` is not given. Throws `ENOTDIR`. */
  folderOf(names: readonly RawName[], make?: 'make'): HeldFolder | undefined {
    const folders = names.slice(0, -1);
    let depth = 0;
    while (depth < folders.length && this.#held[depth]?.name === folders[depth]) depth++;
    this.#leave(depth);
    for (const name of folders.slice(depth)) {
      const parent = this.#held.at(-1)?.folder ?? this.#root;
      if (!make && parent.stat(name) === undefined) return undefined;
      this.#held.push({ name, folder: parent.folder(name, make) });
    }
    return this.#held.at(-1)?.folder ?? this.#root;
  }

  /** Holds a file against a value of `size` bytes. */
  compare(
    folder: HeldFolder | undefined,
    name: RawName,
    size: number,
    pieces: () => Iterable<Uint8Array>,
  ): FileState {
    const stats = folder?.stat(name);
    if (folder === undefined || stats === undefined) return 'missing';
    if (stats.isDirectory()) return 'folder';
    if (!stats.isFile() || stats.size !== size) return 'different';
    const file = folder.file(name);
    if (file === undefined) return 'different';
    try {
      return isSame(piecesOfFile(file.descriptor, this.#piece), pieces()) ? 'same' : 'different';
    } finally {
      closeSync(file.descriptor);
    }
  }

  /** Begins the new content of a file: it appears under its name, whole, when `commit` is called. */
  begin(folder: HeldFolder, name: RawName): NewFile {
    const temporary = `.kv-${this.#run}-${this.#number++}.part`;
    const flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
    return new NewFile(folder, name, temporary, openSync(folder.at(temporary), flags, 0o666));
  }

  /** Lets go of all folders but the root. */
  close(): void {
    this.#leave(0);
  }

  #leave(depth: number): void {
    for (const { folder } of this.#held.splice(depth).reverse()) folder.close();
  }
}

class NewFile {
  readonly #folder: HeldFolder;
  readonly #name: RawName;
  readonly #temporary: RawName;
  readonly #descriptor: number;
  #state: 'open' | 'closed' | 'done' = 'open';

  constructor(folder: HeldFolder, name: RawName, temporary: RawName, descriptor: number) {
    this.#folder = folder;
    this.#name = name;
    this.#temporary = temporary;
    this.#descriptor = descriptor;
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
  }

  commit(): void {
    this.#close();
    renameSync(this.#folder.at(this.#temporary), this.#folder.at(this.#name));
    this.#state = 'done';
  }

  /** Leaves what there was. A no-op after `commit`. */
  abandon(): void {
    this.#close();
    if (this.#state !== 'done') rmSync(this.#folder.at(this.#temporary), { force: true });
    this.#state = 'done';
  }

  #close(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closed';
    closeSync(this.#descriptor);
  }
}

/** Whether two streams of pieces, as long as each other, are the same bytes. */
function isSame(file: Iterable<Uint8Array>, value: Iterable<Uint8Array>): boolean {
  const others = file[Symbol.iterator]();
  let other: Uint8Array = new Uint8Array(0);
  for (const piece of value) {
    for (let at = 0; at < piece.length; ) {
      if (other.length === 0) {
        const { done, value: next } = others.next();
        if (done) return false;
        other = next;
      }
      const length = Math.min(other.length, piece.length - at);
      if (Buffer.compare(other.subarray(0, length), piece.subarray(at, at + length)) !== 0) {
        return false;
      }
      other = other.subarray(length);
      at += length;
    }
  }
  return true;
}
