/**
 * A folder that is held open. Its contents are reached by its descriptor, name by name, so that no
 * link, and nobody who moves folders meanwhile, leads elsewhere. Where the system has no paths by
 * descriptors, each folder is checked again before it is used.
 */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  type Stats,
} from 'node:fs';

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** A name in the file system, its bytes as characters up to U+00FF. */
export type RawName = string;

export function rawName(text: string): RawName {
  return Buffer.from(text).toString('latin1');
}

/** A file that is open to be read. */
export interface OpenFile {
  readonly descriptor: number;
  readonly size: number;
  /** Whether the file is executable for anyone. */
  readonly isExecutable: boolean;
}

export class HeldFolder {
  readonly #descriptor: number;
  readonly #path: Buffer;
  readonly #byDescriptor: boolean;

  private constructor(path: Buffer, flags: number) {
    this.#path = path;
    this.#descriptor = openSync(path, O_RDONLY | O_DIRECTORY | flags);
    this.#byDescriptor = existsSync(`/proc/self/fd/${this.#descriptor}/.`);
  }

  /** The folder at a path, which may be a link. Throws the file system's error. */
  static open(path: string): HeldFolder {
    return new HeldFolder(Buffer.from(path), 0);
  }

  /** A path to the folder itself, valid while it is held. */
  get path(): Buffer {
    if (this.#byDescriptor) return Buffer.from(`/proc/self/fd/${this.#descriptor}`);
    const [held, there] = [fstatSync(this.#descriptor), lstatSync(this.#path)];
    if (held.ino === there.ino && held.dev === there.dev) return this.#path;
    throw Object.assign(new Error('the folder has been moved'), { code: 'ENOENT' });
  }

  /** A path to an entry of the folder. */
  at(name: RawName): Buffer {
    return Buffer.concat([this.path, Buffer.from('/'), Buffer.from(name, 'latin1')]);
  }

  /** The entry of that name, not following a link; undefined if there is none. */
  stat(name: RawName): Stats | undefined {
    return lstatSync(this.at(name), { throwIfNoEntry: false });
  }

  /**
   * The folder of that name; with `make` it is made if missing. Throws `ENOTDIR` for anything else,
   * a link included.
   */
  folder(name: RawName, make?: 'make'): HeldFolder {
    const path = this.at(name);
    if (make) makeFolder(path);
    try {
      return new HeldFolder(path, O_NOFOLLOW);
    } catch (error) {
      const isLink = (error as NodeJS.ErrnoException).code === 'ELOOP';
      throw isLink
        ? Object.assign(new Error('a link', { cause: error }), { code: 'ENOTDIR' })
        : error;
    }
  }

  /**
   * Opens a file for reading; undefined for anything else. It does not wait for the writer of a
   * FIFO.
   */
  file(name: RawName): OpenFile | undefined {
    const descriptor = openSync(this.at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const stats = fstatSync(descriptor);
    const isExecutable = (stats.mode & 0o111) !== 0;
    if (stats.isFile()) return { descriptor, size: stats.size, isExecutable };
    closeSync(descriptor);
    return undefined;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function makeFolder(path: Buffer): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
