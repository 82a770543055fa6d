/** An open LMDB environment, with its parts: databases.ts, reads.ts, write-transactions.ts. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Patience } from '../patience.js';
import { type Limits, processLimits } from '../process-limits.js';
import type { Milliseconds } from '../record.js';
import { AddressSpace, checkData, checkDescriptors, checkStack } from './address-space.js';
import { seedOf } from './checksum.js';
import { binary, type RootDb, statsOf } from './database.js';
import { Databases } from './databases.js';
import { freeBytes } from './file/free-lists.js';
import { StoreFile } from './file/store-file.js';
import { FreePagesGuard } from './guard/free-pages-guard.js';
import { guarded } from './guard/guarded-database.js';
import { PathGuard } from './guard/path-guard.js';
import { BUCKET_LIMIT, DATA_FILE, LOCK_FILE, STORE_LIMIT_BYTES } from './layout.js';
import { lmdbError } from './lmdb-error.js';
import { lastPageOf, lastTransactionOf, takingSpans } from './lmdb-internals.js';
import { LockFile } from './lock-file.js';
import type { AddonOptions } from './native-addon.js';
import { openEnvironment } from './open-environment.js';
import { Reads } from './reads.js';
import { StateOfReads } from './state-of-reads.js';
import { tryOpening } from './trial.js';
import { WriteTransactions } from './write-transactions.js';

interface EnvironmentOptions {
  readonly patience?: Patience | undefined;
  readonly limits?: Limits;
  /** The store that errors about limits name, if the path is only a temporary one. */
  readonly madeFor?: string;
  /** The clock for expiry. */
  readonly now?: (() => Milliseconds) | undefined;
}

export class Environment {
  readonly path: string;
  readonly readOnly: boolean;
  readonly main: RootDb;
  readonly databases: Databases;
  readonly reads: Reads;
  readonly writes: WriteTransactions;
  readonly #lockFile: LockFile;
  readonly #stateOfReads: StateOfReads;
  #openFile: StoreFile | undefined;
  #valueBytes = 0;
  /** Set if the process's addresses are limited. */
  readonly #space: AddressSpace | undefined;
  /** See native-addon.ts. */
  #onlyOpens = false;

  /** Opens a file that has been checked. Throws `io`, `busy`, `full`, `damaged`. */
  constructor(
    path: string,
    readOnly: boolean,
    { patience = {}, limits = processLimits(), madeFor = path, now }: EnvironmentOptions = {},
  ) {
    this.path = path;
    this.readOnly = readOnly;
    checkStack(madeFor, limits);
    checkData(madeFor, limits, readOnly);
    this.#space = AddressSpace.of(madeFor, limits, readOnly);
    const options = {
      ...binary,
      noSubdir: false,
      readOnly,
      // With it, lmdb writes a meta page when it closes, without the write lock, and so may undo
      // another process's commit (3.5.6, in mdb_env_sync).
      overlappingSync: false,
      maxDbs: BUCKET_LIMIT + 8,
      mapSize: this.#space?.firstMap(sizeOf(this.#file)) ?? STORE_LIMIT_BYTES,
      // Files are readable by the owner alone; lmdb's types omit this option.
      permissionsMode: 0o600,
      // See native-addon.ts.
      waitForTurn: () => this.writes.waitForTurn(),
      onlyOpens: () => this.#onlyOpens,
      failed: (code) => this.writes.failures.abandon(code),
    } satisfies AddonOptions & Record<string, unknown>;
    this.#lockFile = new LockFile(join(path, LOCK_FILE));
    const main = () => this.main;
    const inTransaction = () => this.inTransaction;
    this.reads = new Reads({
      path,
      main,
      inTransaction,
      lastFailure: () => this.writes.failures.last,
    });
    this.#stateOfReads = new StateOfReads(this.#lockFile, this.reads.renewal);
    const guard = new PathGuard(path, () => this.file);
    this.databases = new Databases({
      path,
      reads: this.reads,
      guard,
      main,
      inTransaction,
      isNested: () => this.writes.isNested,
      opening: (open) => this.#opening(open),
    });
    const freePages = new FreePagesGuard(path, () => this.file);
    this.writes = new WriteTransactions({
      path,
      readOnly,
      lockFile: this.#lockFile,
      patience,
      now,
      databases: this.databases,
      main,
      begins: () => this.#checkSpace(),
      begun: () => freePages.check(),
      freeBytes: (enough) => freeBytes(this.file, enough),
    });
    try {
      checkDescriptors(madeFor, path, limits);
      tryOpening(path, madeFor, options, this.#lockFile);
      this.main = this.#opening(() => openEnvironment(path, options, patience));
      guarded(takingSpans(this.main), guard);
      this.main.seed = seedOf('main');
      this.#lockFile.mend(() => this.lastTransaction);
      this.reads.renewal.renew(this.main);
    } catch (error) {
      this.#lockFile.close();
      throw lmdbError(`open store "${path}"`, error);
    }
  }

  /** Lets following reads see the newest state. */
  refresh(): void {
    if (this.inTransaction) return;
    this.#checkSpace();
    this.reads.renew();
  }

  get inTransaction(): boolean {
    return this.writes.inTransaction;
  }

  /** Bytes of values to be written so far, in all transactions. */
  get valueBytes(): number {
    return this.#valueBytes;
  }

  /**
   * Called with the number of bytes before they are written. Throws `full` if addresses run out.
   */
  willWrite(bytes: number): void {
    this.#valueBytes += bytes;
    this.#space?.willWrite(bytes);
  }

  /** The number of the last transaction on the disk, whose state new reads see. */
  get committedTransaction(): number {
    return this.#lockFile.lastTransaction ?? this.lastTransaction;
  }

  /** The number of the last transaction, by the data file. */
  get lastTransaction(): number {
    return lastTransactionOf(this.main);
  }

  /** See state-of-reads.ts; undefined also within a write transaction. */
  get stateOfReads(): number | undefined {
    return this.inTransaction ? undefined : this.#stateOfReads.look();
  }

  /** The file, for reading beside LMDB. */
  get file(): StoreFile {
    this.#openFile ??= new StoreFile(this.#file, statsOf(this.main).pageSize);
    return this.#openFile;
  }

  /** Closes the environment. */
  async close(): Promise<void> {
    const isClosing = !this.writes.failures.isAbandoned;
    if (isClosing) await this.main.close();
    this.reads.renewal.end();
    this.#openFile?.close();
    // Closing the lock file releases the locks that LMDB holds on it.
    if (isClosing) this.#lockFile.close();
  }

  /** Opens an existing database, without waiting for a writer unless a transaction is under way. */
  #opening<T>(open: () => T): T {
    this.#onlyOpens = !this.writes.isUnderWay;
    try {
      return this.reads.renewal.during(open);
    } finally {
      this.#onlyOpens = false;
    }
  }

  get #file(): string {
    return join(this.path, DATA_FILE);
  }

  #checkSpace(): void {
    if (this.#space === undefined) return;
    this.#space.begin((lastPageOf(this.main) + 1) * statsOf(this.main).pageSize);
  }
}

/** Bytes of a file; 0 if it does not exist yet. */
function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
