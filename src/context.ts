/** What commands are given, and the types of what they get through that. */
import type { ExitCode, KvError } from './errors.js';
import type { OpenGrant } from './host/grants.js';
import type { Explanation } from './host/index.js';
import type { Bucket } from './keyvalue/bucket.js';
import type { Keyvalue, Pace } from './keyvalue/index.js';
import type { Terminal } from './terminal/terminal.js';

export type { Grant, OpenGrant } from './host/grants.js';
export type { Explanation } from './host/index.js';
export type { Bucket } from './keyvalue/bucket.js';
export type { Draft } from './keyvalue/buckets.js';
export type { BulkLoad } from './keyvalue/bulk-load.js';
export type { Difference } from './keyvalue/differences.js';
export type { IncomingValue } from './keyvalue/incoming-value.js';
export type {
  Backup,
  BackupInfo,
  Change,
  CheckResult,
  Condition,
  Entry,
  Maintenance,
  Pace,
  Problem,
  RecordChange,
  SalvagedBucket,
  StoredRecords,
  StoredValue,
  StoreReader,
  WorkOptions,
} from './keyvalue/index.js';
export type { Chosen, Selection } from './keyvalue/listing.js';
export type { LoadTarget } from './keyvalue/load-options.js';
export type { HeldLock, LockHolder, LockRecord } from './keyvalue/lock.js';
export type { OutgoingValue } from './keyvalue/outgoing-value.js';
export type { FilterOptions } from './keyvalue/record-filter.js';
export type { PrefixSize, SizeClass } from './keyvalue/sizes.js';
export type { Match, Pattern } from './keyvalue/value-search.js';
export type { Watch } from './keyvalue/watching.js';

/** The global settings, after flags, environment and defaults have been weighed. */
export interface Settings {
  /** Folder of the store; empty where no path was given and there is no home folder to have it in. */
  readonly store: string;
  /** Whether somebody named that path, and it is not the default one. */
  readonly isStoreNamed: boolean;
  /** Name of the current bucket. */
  readonly bucket: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: 'auto' | 'always' | 'never';
  /** False: never ask. */
  readonly input: boolean;
  readonly readOnly: boolean;
  /** How long to wait for another writer, in ms; undefined: as long as it takes. */
  readonly wait: number | undefined;
}

/** What the tool says of itself; written from the registry. */
export interface Manual {
  /** The package's version. */
  readonly version: string;
  /**
   * The help of one verb or group, or of the whole tool, laid out for a terminal of so many columns,
   * of 80 where that is left out. Throws `usage` for an unknown verb.
   */
  help(verb?: string, columns?: number): Promise<string>;
  /** A shell's completion script. */
  completion(shell: 'bash' | 'zsh' | 'fish'): Promise<string>;
  /** The man page, `kv.1`. */
  manPage(): Promise<string>;
}

/** A line of a script, read: a verb and its input. */
export interface Step {
  /** See `Command.sharesTransaction`. */
  readonly sharesTransaction: boolean;
  /** Whether it may have to wait for others who write. */
  readonly writes: boolean;
  /** The bucket that it works in. */
  readonly bucket: string;
  /** Runs it, and returns its exit status; throws what the command throws. */
  run(terminal: Terminal): Promise<ExitCode>;
}

/** What a component is run with, beside the process's own streams. */
export interface GuestRequest {
  /** The component's file. */
  readonly path: string;
  /** The guest's arguments, beside its own name. */
  readonly words: readonly string[];
  readonly grants: readonly OpenGrant[];
  /** The variables of its environment. */
  readonly env: readonly (readonly [name: string, value: string])[];
  /** What wasi:config has for it; undefined: that is denied. */
  readonly config: ReadonlyMap<string, string> | undefined;
  readonly keyvalue: Keyvalue;
  /** Milliseconds; absent: as long as it takes. */
  readonly timeout: number | undefined;
  /** Bytes that the guest may have; absent: 1 GiB. */
  readonly maxMemory: number | undefined;
  /** How its writes share transactions; undefined: each is one of its own. */
  readonly pace: Pace | undefined;
}

/** What a component that follows its buckets is run with, beside the process's own streams. */
export interface WatchingGuestRequest extends GuestRequest {
  /** Only keys that begin with it; undefined: all. */
  readonly prefix: string | undefined;
  /** Whether it goes on after a call that failed. */
  readonly keepGoing: boolean;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Told that it has begun. */
  begun(): Promise<void>;
  /** Told of each call that failed, where it goes on. */
  failed(error: KvError): Promise<void>;
  /** Told that keys of a bucket may have been deleted, or have expired, without a call. */
  missed(bucket: string): Promise<void>;
}

/** Runs components; loaded when one is to be run. */
export interface Host {
  /**
   * The exit status of the guest. Throws `not-a-component`, `not-offered`, `trapped`, `timed-out`,
   * `io`, and `broken-pipe` for a guest that failed because the reader of its output went away.
   */
  run(request: GuestRequest): Promise<number>;
  /**
   * Calls the guest for what is done to its buckets, until the signal is aborted, or to the status that it exits
   * with. Throws as `run`, and the reason of the signal; a signal during a call ends the process.
   */
  watch(request: WatchingGuestRequest): Promise<number>;
  /**
   * What a component imports, and how each import is answered, where it is given settings or not; and
   * what it exports. Throws `not-a-component`, `io`.
   */
  explain(path: string, isConfigured: boolean): Promise<Explanation>;
  /**
   * Settings out of files, and others, of which the later count. Throws `rejected` for what is no
   * setting, `io`.
   */
  config(
    files: readonly string[],
    settings: readonly (readonly [string, string])[],
  ): Promise<ReadonlyMap<string, string>>;
}

/** What it takes to answer. */
export type Answering = Pick<Context, 'settings' | 'terminal'>;

/** What every command is given; what few need beside it is in `Tools`. */
export interface Context {
  readonly settings: Settings;
  readonly terminal: Terminal;
  /** The interfaces over the open store, for a command with access to it. */
  readonly keyvalue: Keyvalue;
  /** Whether there is such a bucket; of `default`, which the first write makes, there always is. */
  hasBucket(name: string): boolean;
  /**
   * A bucket to read, the current one where none is named. Where `default` has not been written to
   * yet, an empty one. Throws `no-bucket` for any other name.
   */
  bucketToRead(name?: string): Bucket;
  /**
   * A bucket to write, the current one where none is named; `default` is created. Throws
   * `no-bucket` for any other name, `read-only`.
   */
  bucketToWrite(name?: string): Bucket;
  /**
   * Runs `work` with SIGINT, SIGTERM, SIGHUP and SIGUSR1 turned into an abort of the signal it is
   * given, so that it can undo what it began; the reason is a KvError `interrupted`. Outside of it a
   * signal ends the process at once, which is safe wherever nothing has been begun. What `outlives`
   * Ctrl-C is aborted by the others alone.
   */
  interruptible<T>(work: (signal: AbortSignal) => Promise<T>, outlives?: 'Ctrl-C'): Promise<T>;
}
