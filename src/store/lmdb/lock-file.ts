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
 * The layout of LMDB's write lock, a mutex of the system's C library, whose first four bytes are
 * the number of the thread that holds it, with two other bits; and the distance from the table's
 * head to room that LMDB does not use. Known for 64-bit Linux; elsewhere nobody is seen.
 */
const CACHE_LINE_BYTES = 64;
const mutex = mutexLayout();
const THREAD_BITS = 0x3fff_ffff;

/** How long a request for a turn is valid, in ms: whoever waits longer asks again. */
const ASKING_MS = 100;

/**
 * The offset of a note in the room that LMDB does not use, behind the time of a request for a turn.
 */
const NOTE_OFFSET = 8;

/** The offset of the number: u64 in the machine's byte order, after two u32. */
const TRANSACTION_OFFSET = 8;

/** The offset of the number of reader slots in use, u32. */
const PLACES_USED_OFFSET = 16;

/** A reader slot fills a cache line: a transaction, u64, a process, i32, a thread. */
const PLACE_BYTES = CACHE_LINE_BYTES;
const PLACE_PROCESS_OFFSET = 8;

/**
 * The lock files that are open, by device and inode. Closing any descriptor of a file releases all
 * locks that the process holds on it, LMDB's too: so each is closed by its last user.
 */
const openFiles = new Map<string, { readonly descriptor: number; users: number }>();

export class LockFile {
  readonly #path: string;
  #file: string | undefined;
  readonly #descriptor: number | undefined;
  readonly #bytes = Buffer.alloc(8);
  /** The time of this process's last request for a turn. */
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
      // It does not exist, or its file system is read-only: then LMDB does without it too.
    }
  }

  /**
   * Corrects the number: `last` reads that of the data file. Somebody may commit meanwhile, so this
   * is repeated until it holds.
   */
  mend(last: () => number): void {
    if (this.#descriptor === undefined) return;
    for (let number = last(); this.#read() < number; number = last()) this.#write(number);
  }

  /** The number of the last transaction, which new reads see; undefined if it cannot be seen. */
  get lastTransaction(): number | undefined {
    return this.#descriptor === undefined ? undefined : this.#read();
  }

  /** Whether it is still the file at its path; while it is open, no other file has its inode. */
  isAtPath(): boolean {
    return this.#descriptor === undefined || fileAt(this.#path) === this.#file;
  }

  /** Whether LMDB has not used it yet: then its first four bytes are zeroes. */
  isUnused(): boolean {
    if (this.#descriptor === undefined) return false;
    this.#bytes.fill(0);
    readSync(this.#descriptor, this.#bytes, 0, 4, 0);
    return this.#bytes.readUInt32LE() === 0;
  }

  /**
   * The processes with slots in the reader table, ended ones included; none if LMDB has not used
   * the file yet, or the table cannot be seen.
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

  /** The number of the thread that holds the write lock; 0 if none does, or none can be seen. */
  writer(): number {
    if (this.#descriptor === undefined || mutex === undefined) return 0;
    if (readSync(this.#descriptor, this.#bytes, 0, 4, mutex.lock) < 4) return 0;
    return this.#bytes.readUInt32LE() & THREAD_BITS;
  }

  /** Whether requests for a turn can be seen. */
  get seesTurns(): boolean {
    return this.#descriptor !== undefined && mutex !== undefined;
  }

  /** Asks processes that write again and again to let others go first. */
  askForTurn(): void {
    if (this.#descriptor === undefined || mutex === undefined) return;
    this.#asked = Date.now();
    this.#bytes.writeBigUInt64LE(BigInt(this.#asked));
    writeSync(this.#descriptor, this.#bytes, 0, 8, mutex.room);
  }

  /** Whether another process has asked for a turn recently. */
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

  /** Writes a note of 16 bytes for those who open the store later; it replaces the previous one. */
  note(note: Buffer): void {
    if (this.#descriptor === undefined || mutex === undefined) return;
    writeSync(this.#descriptor, note, 0, note.length, mutex.room + NOTE_OFFSET);
  }

  #read(): number {
    return numberIn(this.#descriptor!, this.#bytes);
  }

  #write(number: number): void {
    if (isLittleEndian) this.#bytes.writeBigUInt64LE(BigInt(number));
    else this.#bytes.writeBigUInt64BE(BigInt(number));
    writeSync(this.#descriptor!, this.#bytes, 0, 8, TRANSACTION_OFFSET);
  }
}

/**
 * The number of the last transaction, by the lock file at a path, on a read-only file system too; undefined if there is
 * none, or LMDB has not used it yet.
 */
export function lastTransactionIn(path: string): number | undefined {
  const lockFile = new LockFile(path);
  try {
    if (lockFile.isUnused()) return undefined;
    return lockFile.lastTransaction ?? readOnlyNumber(path);
  } finally {
    lockFile.close();
  }
}

/** The same of a file that cannot be opened for writing: this process holds no locks on it. */
function readOnlyNumber(path: string): number | undefined {
  try {
    const descriptor = openSync(path, 'r');
    try {
      return numberIn(descriptor, Buffer.alloc(8));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

/** 0 in a file that ends before it. */
function numberIn(descriptor: number, bytes: Buffer): number {
  bytes.fill(0);
  readSync(descriptor, bytes, 0, 8, TRANSACTION_OFFSET);
  return Number(isLittleEndian ? bytes.readBigUInt64LE() : bytes.readBigUInt64BE());
}

/** The file at a path, by device and inode; undefined if there is none. */
export function fileAt(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev}/${stats.ino}`;
}

/** Offsets in the file, in bytes. */
interface LockLayout {
  /** The write lock. */
  readonly lock: number;
  /** Room that LMDB does not use. */
  readonly room: number;
  /** The table of readers. */
  readonly places: number;
}

function mutexLayout(): LockLayout | undefined {
  // Bytes of a mutex in glibc.
  const bytes = { x64: 40, arm64: 48 }[process.arch as string];
  if (process.platform !== 'linux' || bytes === undefined || isMusl()) return undefined;
  // The head and the readers' mutex, in whole cache lines; then two more.
  const lock = inLines(24 + bytes);
  const room = lock + 2 * bytes;
  return { lock, room, places: room + inLines(bytes) };
}

function inLines(bytes: number): number {
  return Math.ceil(bytes / CACHE_LINE_BYTES) * CACHE_LINE_BYTES;
}

const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
