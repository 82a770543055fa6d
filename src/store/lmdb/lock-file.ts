/**
 * The number of the last transaction, as LMDB's lock file has it for all processes.
 *
 * When lmdb (3.5.6, in mdb_env_open2) opens a store, it writes there the number that it has read
 * from the data file a moment before; so it sets the number back where another process has
 * committed in between. The next writer would begin from the transaction before, and what that one
 * committed would be lost. So whoever opens a store, and whoever begins to write to it, holds the
 * number against the data file and puts it right.
 */
import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { isMusl } from './native-addon.js';

/**
 * Where LMDB has the lock on writing, a mutex of the system's C library whose first four bytes are the
 * number of the thread that holds it, with two bits that are not of the number; and how far behind the
 * table's head there is room that LMDB leaves alone. Known for 64-bit Linux; elsewhere nobody is seen.
 */
const CACHE_LINE_BYTES = 64;
const mutex = mutexLayout();
const THREAD_BITS = 0x3fff_ffff;

/** How long a request for a turn counts, in ms: who waits longer asks again. */
const ASKING_MS = 100;

/** Where in the room that LMDB leaves alone a note is, behind the time of who asks for a turn. */
const NOTE_OFFSET = 8;

/** Where the number is: u64 in the machine's order, after two u32. */
const TRANSACTION_OFFSET = 8;

/** Where it stands how many places of the table of readers have been used, u32. */
const PLACES_USED_OFFSET = 16;

/** A place of that table fills a line of the processor's cache: a transaction, u64, a process, i32, a thread. */
const PLACE_BYTES = CACHE_LINE_BYTES;
const PLACE_PROCESS_OFFSET = 8;

/**
 * The lock files that are open, by device and inode. Closing any descriptor of a file gives up all
 * the locks that the process holds on it, LMDB's too: so each is closed by the last who uses it.
 */
const openFiles = new Map<string, { readonly descriptor: number; users: number }>();

export class LockFile {
  readonly #path: string;
  #file: string | undefined;
  readonly #descriptor: number | undefined;
  readonly #bytes = Buffer.alloc(8);
  /** The last time for which this process has asked for a turn. */
  #asked = 0;

  /** To be made before LMDB opens the file. */
  constructor(path: string) {
    this.#path = path;
    try {
      const file = fileAt(path)!;
      const { descriptor, users } = openFiles.get(file) ?? {
        descriptor: openSync(path, 'r+'),
        users: 0,
      };
      openFiles.set(file, { descriptor, users: users + 1 });
      this.#file = file;
      this.#descriptor = descriptor;
    } catch {
      // It is not there, or on a file system that takes no writes: then LMDB does without it too.
    }
  }

  /**
   * Puts the number right: `last` tells that of the data file. Somebody may commit meanwhile, so
   * that it is looked at until it holds.
   */
  mend(last: () => number): void {
    if (this.#descriptor === undefined) return;
    for (let number = last(); this.#read() < number; number = last()) this.#write(number);
  }

  /** The number of the last transaction, which reads that begin now see; undefined where it is not seen. */
  get lastTransaction(): number | undefined {
    return this.#descriptor === undefined ? undefined : this.#read();
  }

  /** Whether it is still the file at its path; while it is open, no other file has its inode. */
  isAtPath(): boolean {
    return this.#descriptor === undefined || fileAt(this.#path) === this.#file;
  }

  /** Whether LMDB has not used it yet: then it lacks its first four bytes, which are no zeroes. */
  isUnused(): boolean {
    if (this.#descriptor === undefined) return false;
    this.#bytes.fill(0);
    readSync(this.#descriptor, this.#bytes, 0, 4, 0);
    return this.#bytes.readUInt32LE() === 0;
  }

  /**
   * The processes that have places in the table of readers, also of those that have ended; none where
   * LMDB has not used the file yet, or the table is not seen.
   */
  readers(): ReadonlySet<number> {
    const processes = new Set<number>();
    if (this.#descriptor === undefined || mutex === undefined || this.isUnused()) return processes;
    const { places } = mutex;
    readSync(this.#descriptor, this.#bytes, 0, 4, PLACES_USED_OFFSET);
    const table = Buffer.alloc(this.#bytes.readUInt32LE() * PLACE_BYTES);
    const length = readSync(this.#descriptor, table, 0, table.length, places);
    for (let at = 0; at + PLACE_BYTES <= length; at += PLACE_BYTES) {
      const id = table.readInt32LE(at + PLACE_PROCESS_OFFSET);
      if (id > 0) processes.add(id);
    }
    return processes;
  }

  /** The number of the thread that holds the lock on writing; 0 where none does, or none is seen. */
  writer(): number {
    if (this.#descriptor === undefined || mutex === undefined) return 0;
    if (readSync(this.#descriptor, this.#bytes, 0, 4, mutex.lock) < 4) return 0;
    return this.#bytes.readUInt32LE() & THREAD_BITS;
  }

  /** Whether requests for a turn are seen. */
  get seesTurns(): boolean {
    return this.#descriptor !== undefined && mutex !== undefined;
  }

  /** Asks writers that follow themselves to let others go first. */
  askForTurn(): void {
    if (this.#descriptor === undefined || mutex === undefined) return;
    this.#asked = Date.now();
    this.#bytes.writeBigUInt64LE(BigInt(this.#asked));
    writeSync(this.#descriptor, this.#bytes, 0, 8, mutex.room);
  }

  /** Whether another process has asked for a turn within that time. */
  isAskedForTurn(): boolean {
    if (this.#descriptor === undefined || mutex === undefined) return false;
    if (readSync(this.#descriptor, this.#bytes, 0, 8, mutex.room) < 8) return false;
    const asked = Number(this.#bytes.readBigUInt64LE());
    return asked !== this.#asked && Math.abs(Date.now() - asked) < ASKING_MS;
  }

  /** To be called after LMDB has closed the file. Idempotent. */
  close(): void {
    const file = this.#file;
    this.#file = undefined;
    const open = file === undefined ? undefined : openFiles.get(file);
    if (open === undefined || --open.users > 0) return;
    openFiles.delete(file!);
    closeSync(open.descriptor);
  }

  /** Whether `note` was written here: see `note`. */
  hasNote(note: Buffer): boolean {
    if (this.#descriptor === undefined || mutex === undefined) return false;
    const bytes = Buffer.alloc(note.length);
    readSync(this.#descriptor, bytes, 0, note.length, mutex.room + NOTE_OFFSET);
    return bytes.equals(note);
  }

  /** Writes a note for those who open the store later, of 16 bytes, in the place of the one before. */
  note(note: Buffer): void {
    if (this.#descriptor === undefined || mutex === undefined) return;
    writeSync(this.#descriptor, note, 0, note.length, mutex.room + NOTE_OFFSET);
  }

  #read(): number {
    readSync(this.#descriptor!, this.#bytes, 0, 8, TRANSACTION_OFFSET);
    return Number(isLittleEndian ? this.#bytes.readBigUInt64LE() : this.#bytes.readBigUInt64BE());
  }

  #write(number: number): void {
    if (isLittleEndian) this.#bytes.writeBigUInt64LE(BigInt(number));
    else this.#bytes.writeBigUInt64BE(BigInt(number));
    writeSync(this.#descriptor!, this.#bytes, 0, 8, TRANSACTION_OFFSET);
  }
}

/** Which file is at a path, by device and inode; undefined where there is none. */
export function fileAt(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev}/${stats.ino}`;
}

/** Where things are, in bytes from the beginning of the file. */
interface LockLayout {
  /** The lock on writing. */
  readonly lock: number;
  /** Room that LMDB leaves alone. */
  readonly room: number;
  /** The table of readers. */
  readonly places: number;
}

function mutexLayout(): LockLayout | undefined {
  // Bytes of a mutex in glibc.
  const bytes = { x64: 40, arm64: 48 }[process.arch as string];
  if (process.platform !== 'linux' || bytes === undefined || isMusl()) return undefined;
  // The head and the mutex of the readers, in whole lines of the processor's cache; then two more.
  const lock = inLines(24 + bytes);
  const room = lock + 2 * bytes;
  return { lock, room, places: room + inLines(bytes) };
}

function inLines(bytes: number): number {
  return Math.ceil(bytes / CACHE_LINE_BYTES) * CACHE_LINE_BYTES;
}

const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
