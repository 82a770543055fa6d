/**
 * Calls a component for what is set, deleted, or expires in its buckets.
 *
 * Between calls the event loop turns now and then, so that signals are heard; during a call it
 * stands still, and a signal ends the process. A call that takes long does not keep a snapshot of
 * the store.
 *
 * It is longer than other files since following, calling and the handling of failures share their
 * state: the instance, what it has been told, and how long the snapshot may stay.
 */
import type { ComponentSyntax } from '../component/syntax.js';
import { KvError } from '../errors.js';
import { SYNC_BODY_LIMIT_BYTES, wholeBody } from '../keyvalue/incoming-value.js';
import type { RecordChange } from '../keyvalue/index.js';
import { HOLD_MS, type Watch } from '../keyvalue/watching.js';
import { componentAt, understood } from './component-at.js';
import type { OpenGrant } from './grants.js';
import { type Around, type Given, Guest, sharedWrites } from './guest.js';
import { statusOf } from './outcome.js';
import { PacedCalls } from './pace.js';
import { TimeLimit } from './time-limit.js';
import { type Watcher, watcherOf } from './watcher.js';

/** What a component that watches buckets is run with. */
export interface WatchRequest extends Given {
  /** The prefix of the keys to watch. */
  readonly prefix?: string | undefined;
  /** Whether a new instance continues after a call that failed. */
  readonly keepGoing: boolean;
  /** Ends the watch, which rejects with the reason. */
  readonly signal: AbortSignal;
  /** Resolves in the next turn of the event loop. */
  nextTurn(): Promise<void>;
  /** Does work during which signals are not heard. Its errors end the run. */
  blocking(work: () => void): void;
  /** Called once, when the buckets are watched. */
  begun(letGo: () => void): Promise<void>;
  /** Called for each call that failed, if the watch continues. */
  failed(error: KvError): Promise<void>;
  /** Called when keys may have been deleted, or have expired, without a call. */
  missed(bucket: string): Promise<void>;
}

/** How long calls may follow one another before the event loop turns, in ms. */
const TURN_MS = 20;

/**
 * Calls a component's `wasi:keyvalue/watcher` until the signal is aborted, or it calls `exit`, to
 * whose status this resolves. Throws as `runComponent` for what comes before the calls; for a call
 * `trapped`, `timed-out`, and `too-large` for a value that cannot be passed.
 */
export async function watchComponent(request: WatchRequest): Promise<number> {
  const { path, timeout, blocking } = request;
  const action = `run "${path}"`;
  const limit = new TimeLimit(timeout, action);
  let component: ComponentSyntax | undefined;
  blocking(() => {
    component = limit.within(() => componentAt(path, action));
  });
  const watching = new Watching(request, component!, limit, action);
  try {
    return await watching.run();
  } finally {
    watching.close();
  }
}

/** A watched bucket. */
interface Followed {
  readonly grant: OpenGrant;
  readonly watch: Watch;
}

/** The result of some calls. */
interface CallResult {
  readonly error?: KvError;
  /** The argument of `exit`. */
  readonly status?: number;
}

class Watching {
  readonly #request: WatchRequest;
  readonly #action: string;
  readonly #limit: TimeLimit;
  readonly #around: Around;
  readonly #followed: readonly Followed[];
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #component: ComponentSyntax;
  #guest: Guest<Watcher> | undefined;
  /** The buckets that the guest is called with. */
  #buckets = new Map<OpenGrant, unknown>();
  #open: { close(): void } | undefined;
  /** When the call under way began. */
  #began = 0;
  #isLetGo = false;
  #isStuck = false;

  constructor(request: WatchRequest, component: ComponentSyntax, limit: TimeLimit, action: string) {
    this.#request = request;
    this.#component = component;
    this.#limit = limit;
    this.#action = action;
    const shared = sharedWrites(request);
    this.#around = {
      action: this.#action,
      shared,
      calls: new PacedCalls(shared),
      begin: () => {
        this.#letGoIfLate();
        this.#limit.check();
      },
      beforeWait: () => {
        shared.settle();
        this.#letGo();
      },
    };
    this.#signal = AbortSignal.any([request.signal, this.#stop.signal]);
    this.#followed = byBucket(request.grants).map((grant) => ({
      grant,
      watch: request.keyvalue.watches.begin(grant.bucket, { prefix: request.prefix }),
    }));
  }

  async run(): Promise<number> {
    const { blocking, begun } = this.#request;
    let first: CallResult = {};
    blocking(() => {
      first = this.#begin();
    });
    if (first.error !== undefined) throw first.error;
    if (first.status !== undefined) return first.status;
    await begun(() => this.#letGo());
    try {
      return await Promise.any(this.#followed.map((one) => this.#follow(one)));
    } catch {
      // All have failed because of the first, which has stopped the others.
      throw this.#stop.signal.reason;
    } finally {
      this.#stop.abort();
    }
  }

  close(): void {
    for (const { watch } of this.#followed) watch.close();
    if (this.#isStuck) return;
    this.#open?.close();
    this.#around.shared.close();
  }

  async #follow(one: Followed): Promise<number> {
    try {
      return await this.#calls(one);
    } catch (thrown) {
      this.#stop.abort(thrown);
      throw thrown;
    }
  }

  /** Resolves to the status that the guest passed to `exit`. */
  async #calls({ grant, watch }: Followed): Promise<number> {
    const { keepGoing, failed, missed, blocking, nextTurn } = this.#request;
    for await (const changes of watch.changes(this.#signal)) {
      for (let at = 0; at < changes.length; ) {
        // A signal that has arrived is heard now, since none is during the calls that follow.
        await nextTurn();
        this.#signal.throwIfAborted();
        const change = changes[at]!;
        if (change.kind === 'missed') {
          await missed(grant.bucket);
          at++;
          continue;
        }
        let result: CallResult = {};
        blocking(() => {
          const began = performance.now();
          do {
            const next = changes[at]!;
            if (next.kind === 'missed') break;
            at++;
            result = this.#tell(next, grant, watch);
          } while (isWell(result) && at < changes.length && performance.now() - began < TURN_MS);
          if (!this.#isStuck) this.#around.shared.settle();
        });
        if (result.status !== undefined) {
          this.#stop.abort();
          return result.status;
        }
        if (result.error === undefined) continue;
        if (!keepGoing || this.#isStuck) throw result.error;
        await failed(result.error);
      }
    }
    throw new Error('a watch has ended by itself');
  }

  /** Starts the first instance. */
  #begin(): CallResult {
    return this.#resultOf(() => {
      this.#within(() => this.#start());
      this.#guest?.check();
    }, this.#action);
  }

  #tell(change: RecordChange, grant: OpenGrant, watch: Watch): CallResult {
    const { key } = change.entry;
    const isSet = change.kind === 'set';
    const what = `"${key}" in bucket "${grant.bucket}" was ${isSet ? 'set' : 'deleted'}`;
    const action = `tell "${this.#request.path}" that ${what}`;
    return this.#resultOf(() => {
      const value = isSet ? this.#valueOf(change, watch, action) : undefined;
      // Another change has come, and will be reported.
      if (isSet && value === undefined) return;
      this.#within(() => {
        const { entry } = this.#start();
        const bucket = this.#buckets.get(grant);
        if (value === undefined) entry.onDelete(bucket, key);
        else entry.onSet(bucket, key, value);
      }, action);
      this.#guest?.check();
    }, action);
  }

  /** Does what calls the guest; `action` is named in the error. */
  #resultOf(work: () => void, action: string): CallResult {
    try {
      work();
      return {};
    } catch (thrown) {
      return this.#failed(thrown, action);
    } finally {
      if (!this.#isStuck) this.#request.ends.drain();
    }
  }

  #failed(thrown: unknown, action: string): CallResult {
    const { keyvalue } = this.#request;
    const { calls, shared } = this.#around;
    this.#isStuck = calls.isStuck || (!shared.isOpen && keyvalue.transactions.isStuckAfter(thrown));
    if (!this.#isStuck) this.#open?.close();
    this.#open = undefined;
    this.#guest = undefined;
    try {
      return { status: statusOf(thrown, action) };
    } catch (error) {
      if (error instanceof KvError) return { error };
      throw error;
    }
  }

  #valueOf(change: RecordChange, watch: Watch, action: string): Uint8Array | undefined {
    const value = watch.value(change);
    if (value === undefined) return undefined;
    try {
      const most = Math.min(this.#guest?.room.left ?? 0, SYNC_BODY_LIMIT_BYTES);
      if (this.#guest === undefined || value.size <= most) return wholeBody(value);
      throw new KvError(
        'too-large',
        `cannot ${action}: ${value.size} bytes are more than it may have`,
      );
    } finally {
      value.close();
    }
  }

  /** Does work that may take as long as one call. */
  #within(work: () => void, action = this.#action): void {
    this.#began = performance.now();
    this.#isLetGo = false;
    this.#limit.restart(action);
    this.#limit.within(work);
  }

  /** The instance; a new one if there is none. */
  #start(): Guest<Watcher> {
    if (this.#guest) return this.#guest;
    const entry = (exports: Parameters<typeof watcherOf>[0]) =>
      understood(this.#action, () => watcherOf(exports, this.#action));
    const guest = new Guest(this.#component, this.#request, this.#around, entry, (made) => {
      this.#open = made;
    });
    const { open } = guest.interfaces[`wasi:keyvalue/store@${guest.entry.version}`] as {
      open(identifier: string): unknown;
    };
    this.#buckets = new Map(this.#followed.map(({ grant }) => [grant, open(grant.guest)]));
    this.#guest = guest;
    return guest;
  }

  /** A call that takes long does not keep a snapshot of the store. */
  #letGoIfLate(): void {
    if (!this.#isLetGo && performance.now() - this.#began > HOLD_MS) this.#letGo();
  }

  #letGo(): void {
    if (this.#isLetGo) return;
    this.#isLetGo = true;
    this.#around.shared.settle();
    for (const { watch } of this.#followed) watch.letGo();
  }
}

function isWell({ error, status }: CallResult): boolean {
  return error === undefined && status === undefined;
}

/** One grant for each bucket: the first that may write, else the first. */
function byBucket(grants: readonly OpenGrant[]): OpenGrant[] {
  const found = new Map<string, OpenGrant>();
  for (const grant of grants) {
    const known = found.get(grant.bucket);
    if (known === undefined || (known.readOnly && !grant.readOnly)) found.set(grant.bucket, grant);
  }
  return [...found.values()];
}
