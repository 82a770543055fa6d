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

/** Where the number is: u64 in the machine's order, after two u32. */
const TRANSACTION_OFFSET = 8;

/**
 * The lock files that are open, by device and inode. Closing any descriptor of a file gives up all
 * the locks that the process holds on it, LMDB's too: so each is closed by the last who uses it.
 */
const openFiles = new Map<string, { readonly descriptor: number; users: number }>();

export class LockFile {
  #file: string | undefined;
  readonly #descriptor: number | undefined;
  readonly #bytes = Buffer.alloc(8);

  /** To be made before LMDB opens the file. */
  constructor(path: string) {
    try {
      const { dev, ino } = statSync(path, { bigint: true });
      const file = `${dev}/${ino}`;
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

  /** To be called after LMDB has closed the file. Idempotent. */
  close(): void {
    const file = this.#file;
    this.#file = undefined;
    const open = file === undefined ? undefined : openFiles.get(file);
    if (open === undefined || --open.users > 0) return;
    openFiles.delete(file!);
    closeSync(open.descriptor);
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

const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
