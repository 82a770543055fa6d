/** A session: one open store, and what it gives to each command. */

import { writeSync } from 'node:fs';
import type { Access, Command, Outcome, Tools } from '../command.js';
import type { Context, Settings } from '../context.js';
import { KvError } from '../errors.js';
import type { Bucket } from '../keyvalue/bucket.js';
import type { Keyvalue } from '../keyvalue/index.js';
import { DEFAULT_BUCKET } from '../line/settings.js';
import type { Patience } from '../store/patience.js';
import type { Mode, Store } from '../store/store.js';
import type { Terminal } from '../terminal/terminal.js';
import { visibleMessage } from '../terminal/visible.js';
import { LateStore } from './late-store.js';
import { endingAtSignals, interruptible } from './signals.js';
import { readLine, verbsOf } from './step.js';
import { protectingStore } from './store-protection.js';
import type { Surroundings } from './surroundings.js';

/** The descriptor of stderr. */
const STDERR = 2;

/** What a command that is given the store does with it. */
type StoreAccess = Exclude<Access, 'none'>;

/** Runs one command, with the store open where it needs it. Throws what that and `run` throw. */
export async function runCommand(
  command: Command,
  input: Readonly<Record<string, unknown>>,
  surroundings: Surroundings,
): Promise<Outcome> {
  const access = typeof command.access === 'function' ? command.access(input) : command.access;
  if (access === 'none') {
    const { context, tools } = sessionOf(surroundings);
    return command.run(context, input, tools);
  }
  const { settings } = surroundings;
  const wait = command.wait?.(input);
  const isLess = wait !== undefined && wait < (settings.wait ?? Number.POSITIVE_INFINITY);
  const own = isLess ? { ...surroundings, settings: { ...settings, wait } } : surroundings;
  return withStore(access, own, (context, tools) => command.run(context, input, tools));
}

/** Opens the store for some work, and closes it. Throws what opening throws, and `no-store`. */
export async function withStore<T>(
  access: StoreAccess,
  surroundings: Surroundings,
  work: (context: Context, tools: Tools) => Promise<T>,
): Promise<T> {
  const [{ createKeyvalue }, { MemoryStore }, store] = await Promise.all([
    import('../keyvalue/index.js'),
    import('../store/memory/memory-store.js'),
    openFor(access, surroundings),
  ]);
  const late = store ? undefined : new LateStore(new MemoryStore());
  const keyvalue = createKeyvalue(store ?? late!.store);
  let isStuck = false;
  const empty = () => createKeyvalue(new MemoryStore()).buckets.create(DEFAULT_BUCKET);
  const prepare = (needed: StoreAccess) => makeLate(late, needed, surroundings);
  try {
    const { settings, terminal } = surroundings;
    const own = { ...surroundings, prepare, terminal: protectingStore(terminal, settings.store) };
    const { context, tools } = sessionOf(own, keyvalue, empty);
    return await work(context, tools);
  } catch (thrown) {
    isStuck = keyvalue.transactions.isStuckAfter(thrown);
    throw thrown;
  } finally {
    if (!isStuck) await (store ?? late?.made)?.close();
  }
}

/** Opens a store that was not there when its session began, if it is there now or is to be made. */
async function makeLate(
  late: LateStore | undefined,
  access: StoreAccess,
  surroundings: Surroundings,
): Promise<void> {
  if (late === undefined || late.made) return;
  // For all the lines that are still to come.
  const mode = surroundings.settings.readOnly ? 'read' : access === 'write' ? 'write' : 'change';
  const store = await openFor(access, surroundings, mode);
  if (store) late.become(store);
}

/** The store, or undefined where there is none yet and an empty one reads the same. */
async function openFor(
  access: StoreAccess,
  { settings, terminal }: Surroundings,
  mode = modeOf(access, settings.readOnly),
): Promise<Store | undefined> {
  const { store: path } = settings;
  if (path === '') {
    throw new KvError('no-store', 'cannot choose a store: there is no home folder to have it in', {
      hint: 'try: --store PATH, or the environment variable KV_STORE',
    });
  }
  const { openStore } = await import('../store/open.js');
  const store = await openStore(path, mode, patienceOf(settings, terminal));
  if (store !== undefined || readsAsEmpty(access, settings)) return store;
  throw new KvError('no-store', `cannot open store "${path}": there is none yet`, {
    hint: 'the first write makes it: kv set KEY VALUE',
  });
}

function patienceOf({ wait, quiet }: Settings, { stderr }: Terminal): Patience {
  return {
    limit: wait,
    whileBlocked: endingAtSignals,
    waiting(writer) {
      if (quiet || !stderr.isTerminal) return;
      // The event loop may be blocked, so this is written at once.
      writeSync(STDERR, `${visibleMessage(`waiting for another writer: ${writer}…`)}\n`);
    },
  };
}

/** Whether a missing store may be read as an empty one. */
function readsAsEmpty(access: StoreAccess, { isStoreNamed }: Settings): boolean {
  switch (access) {
    case 'read':
    case 'change':
      return !isStoreNamed;
    case 'rehearse':
    case 'each':
      return true;
    case 'inspect':
    case 'write':
      return false;
    default:
      return access satisfies never;
  }
}

function modeOf(access: StoreAccess, readOnly: boolean): Mode {
  if (readOnly) return 'read';
  switch (access) {
    case 'read':
    case 'inspect':
    case 'rehearse':
      return 'read';
    case 'change':
    case 'each':
      return 'change';
    case 'write':
      return 'write';
    default:
      return access satisfies never;
  }
}

/** What a command is given. */
export interface Session {
  readonly context: Context;
  readonly tools: Tools;
}

/**
 * A session over an open store, for a command with access to one. `empty` gives what is read where
 * `default` has not been written to yet.
 */
export function sessionOf(
  surroundings: Surroundings,
  keyvalue?: Keyvalue,
  empty?: () => Bucket,
): Session {
  const { settings, terminal, host, env, promptVerbs = [] } = surroundings;
  let latest: Session | undefined;
  const sessionFor = (own: Settings, its: Terminal): Session => {
    if (latest?.context.settings !== own || latest.context.terminal !== its) {
      latest = sessionOf({ ...surroundings, settings: own, terminal: its }, keyvalue, empty);
    }
    return latest;
  };
  const context: Context = {
    settings,
    terminal,
    interruptible,

    get keyvalue(): Keyvalue {
      if (keyvalue === undefined) throw new Error('a command without access asked for the store');
      return keyvalue;
    },

    hasBucket(name: string): boolean {
      return name === DEFAULT_BUCKET || this.keyvalue.buckets.exists(name);
    },

    bucketToRead(name = settings.bucket): Bucket {
      const { buckets, types } = this.keyvalue;
      const isThere = buckets.exists(name);
      if (!isThere && name === DEFAULT_BUCKET && empty) return empty();
      return types.Bucket.openBucket(name);
    },

    bucketToWrite(name = settings.bucket): Bucket {
      if (settings.readOnly) {
        throw new KvError('read-only', `cannot write to bucket "${name}": --read-only was given`);
      }
      const { buckets, types } = this.keyvalue;
      return name === DEFAULT_BUCKET ? buckets.openOrCreate(name) : types.Bucket.openBucket(name);
    },
  };
  const tools: Tools = {
    host,
    env,
    verbs: verbsOf(surroundings),
    manual: surroundings.manualWith(promptVerbs),
    readLine: (words, own = settings) =>
      readLine(words, { ...surroundings, settings: own }, sessionFor),
    forPrompt: (verbs) => sessionOf({ ...surroundings, promptVerbs: verbs }, keyvalue, empty).tools,
    withStore: (access, work) => withStore(access, surroundings, work),
    async prompt() {
      const [{ runPrompt }, { historyPlace }] = await Promise.all([
        import('../repl/prompt.js'),
        import('./history-place.js'),
      ]);
      await runPrompt(context, tools, historyPlace(env));
    },
  };
  return { context, tools };
}
