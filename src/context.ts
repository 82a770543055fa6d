/** What commands are given, and the types that they reach through it. */
import type { ExitCode, KvError } from './errors.js';
import type { OpenGrant } from './host/grants.js';
import type { Explanation } from './host/index.js';
import type { Bucket } from './keyvalue/bucket.js';
import type { DEFAULT_BUCKET } from './keyvalue/drafts/rules.js';
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

/** The bucket that the drafts' empty name and the settings stand for by default. */
export type DefaultBucket = typeof DEFAULT_BUCKET;

/** The global settings, from options, environment and defaults. */
export interface Settings {
  /**
   * The folder of the store, or its URL; empty if no path was given and there is no home folder.
   */
  readonly store: string;
  /** Whether the path was given, and is not the default one. */
  readonly isStoreNamed: boolean;
  /** Name of the current bucket. */
  readonly bucket: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: 'auto' | 'always' | 'never';
  /** False: never ask. */
  readonly input: boolean;
  readonly readOnly: boolean;
  /** How long to wait for other writers, in ms; undefined: as long as necessary. */
  readonly wait: number | undefined;
}

/** The texts about the tool, written from the registry. */
export interface Manual {
  /** The package's version. */
  readonly version: string;
  /**
   * The help of a verb or group, or of the whole tool, laid out for a terminal of `columns`, 80 by
   * default. Throws `usage` for an unknown verb.
   */
  help(verb?: string, columns?: number): Promise<string>;
  /** A shell's completion script. */
  completion(shell: 'bash' | 'zsh' | 'fish'): Promise<string>;
  /** The man page, `kv.1`. */
  manPage(): Promise<string>;
}

/** A line of a script that has been read: a verb and its input. */
export interface Step {
  /** See `Command.sharesTransaction`. */
  readonly sharesTransaction: boolean;
  /** Whether it may have to wait for other writers. */
  readonly writes: boolean;
  /** The bucket that it works in. */
  readonly bucket: string;
  /** Runs it, and returns its exit status. Throws what the command throws. */
  run(terminal: Terminal): Promise<ExitCode>;
}

/** What a component is run with, besides the process's own streams. */
export interface GuestRequest {
  /** The component's file. */
  readonly path: string;
  /** The guest's arguments, without its own name. */
  readonly words: readonly string[];
  readonly grants: readonly OpenGrant[];
  /** The guest's environment variables. */
  readonly env: readonly (readonly [name: string, value: string])[];
  /** The settings for wasi:config; undefined: the component gets no wasi:config. */
  readonly config: ReadonlyMap<string, string> | undefined;
  readonly keyvalue: Keyvalue;
  /** Milliseconds; undefined: no limit. */
  readonly timeout: number | undefined;
  /** Bytes that the guest may have; undefined: 1 GiB. */
  readonly maxMemory: number | undefined;
  /** How its writes share transactions; undefined: each is a transaction of its own. */
  readonly pace: Pace | undefined;
}

/** What a component that watches its buckets is run with, besides the process's own streams. */
export interface WatchingGuestRequest extends GuestRequest {
  /** The prefix of the keys to watch; undefined: all keys. */
  readonly prefix: string | undefined;
  /** Whether it continues after a call that failed. */
  readonly keepGoing: boolean;
  /** Ends the watch when it is aborted. */
  readonly signal: AbortSignal;
  /** Called when the watch has begun. */
  begun(): Promise<void>;
  /** Called for each call that failed, if the watch continues. */
  failed(error: KvError): Promise<void>;
  /** Called when keys of a bucket may have been deleted, or have expired, without a call. */
  missed(bucket: string): Promise<void>;
}

/** Runs components; loaded on first use. */
export interface Host {
  /**
   * Resolves to the guest's exit status. Throws `not-a-component`, `not-offered`, `trapped`,
   * `timed-out`, `io`, and `broken-pipe` for a guest that failed because the reader of its output
   * has gone.
   */
  run(request: GuestRequest): Promise<number>;
  /**
   * Calls the guest for changes in its buckets, until the signal is aborted or the guest exits;
   * resolves to its exit status. Throws as `run`, and the signal's reason; a signal during a call
   * ends the process.
   */
  watch(request: WatchingGuestRequest): Promise<number>;
  /**
   * What a component imports, how the host answers each import, with or without settings, and what
   * it exports. Throws `not-a-component`, `io`.
   */
  explain(path: string, isConfigured: boolean): Promise<Explanation>;
  /**
   * Settings from files, and single ones, of which later ones win. Throws `rejected` for a
   * malformed setting, `io`.
   */
  config(
    files: readonly string[],
    settings: readonly (readonly [string, string])[],
  ): Promise<ReadonlyMap<string, string>>;
}

/** What printing an answer needs. */
export type Answering = Pick<Context, 'settings' | 'terminal'>;

/** What every command gets; what only a few need is in `Tools`. */
export interface Context {
  readonly settings: Settings;
  readonly terminal: Terminal;
  /** The interfaces over the open store, for a command with access to it. */
  readonly keyvalue: Keyvalue;
  /** Whether the bucket exists; always true for `default`, which the first write makes. */
  hasBucket(name: string): boolean;
  /**
   * A bucket to read, by default the current one. `default` is empty before its first write. Throws
   * `no-bucket` for any other missing bucket.
   */
  bucketToRead(name?: string): Bucket;
  /**
   * A bucket to write, by default the current one. `default` is made if missing. Throws `no-bucket`
   * for any other missing bucket, `read-only`.
   */
  bucketToWrite(name?: string): Bucket;
  /**
   * Runs `work` with SIGINT, SIGTERM, SIGHUP and SIGUSR1 turned into an abort of the signal that it
   * gets, so that it can undo what it began; the reason is a KvError `interrupted`. Elsewhere a
   * signal ends the process at once, which is safe wherever nothing has been begun. With
   * `outlives`, Ctrl-C does not abort.
   */
  interruptible<T>(work: (signal: AbortSignal) => Promise<T>, outlives?: 'Ctrl-C'): Promise<T>;
}
