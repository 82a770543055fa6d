/** A session: one open store, and what each command gets from it. */

import type { Command, Outcome, Tools } from '../command.js';
import type { Context, Settings } from '../context.js';
import { KvError } from '../errors.js';
import type { Bucket } from '../keyvalue/bucket.js';
import type { Keyvalue } from '../keyvalue/index.js';
import { DEFAULT_BUCKET } from '../line/settings.js';
import { isSamePlace } from '../store/same-place.js';
import type { Terminal } from '../terminal/terminal.js';
import { abandonedAtCtrlC } from './abandoned-work.js';
import { LateStore } from './late-store.js';
import { modeOf, openFor, patienceOf, type StoreAccess } from './open-for.js';
import { interruptible } from './signals.js';
import { readLine, verbsOf } from './step.js';
import { protectingStore } from './store-protection.js';
import type { Surroundings } from './surroundings.js';

/** Runs a command, with the store open if it needs one. Throws what opening and `run` throw. */
export async function runCommand(
  command: Command,
  input: Readonly<Record<string, unknown>>,
  surroundings: Surroundings,
): Promise<Outcome> {
  const access = typeof command.access === 'function' ? command.access(input) : command.access;
  if (access === 'none') {
    const { context, tools } = sessionOf(protectedFrom(surroundings));
    return command.run(context, input, tools);
  }
  const { settings } = surroundings;
  const wait = command.wait?.(input);
  const isLess = wait !== undefined && wait < (settings.wait ?? Number.POSITIVE_INFINITY);
  const own = isLess ? { ...surroundings, settings: { ...settings, wait } } : surroundings;
  return withStore(access, own, (context, tools) => command.run(context, input, tools));
}

/** The same surroundings, with a terminal that refuses to write to the store's files. */
function protectedFrom(surroundings: Surroundings): Surroundings {
  const { settings, terminal } = surroundings;
  return { ...surroundings, terminal: protectingStore(terminal, settings.store) };
}

/** Opens the store for some work, then closes it. Throws what opening throws, and `no-store`. */
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
  const keyvalue = createKeyvalue(store ?? late!.store, abandonedAtCtrlC());
  let isStuck = false;
  const empty = () => createKeyvalue(new MemoryStore()).buckets.create(DEFAULT_BUCKET);
  const prepare = (needed: StoreAccess, idIsTaken?: () => void) =>
    makeLate(late, needed, { ...surroundings, idIsTaken });
  try {
    const isStoreThere = () => (late === undefined ? true : late.made !== undefined);
    const own = { ...protectedFrom(surroundings), prepare, isStoreThere };
    const { context, tools } = sessionOf(own, keyvalue, empty);
    return await work(context, tools);
  } catch (thrown) {
    isStuck = keyvalue.transactions.isStuckAfter(thrown);
    throw thrown;
  } finally {
    if (!isStuck) await (store ?? late?.made)?.close();
  }
}

/** See `Tools.withOtherStore`. A process cannot open a store twice, so the open one is reused. */
async function withOtherStore<T>(
  path: string,
  context: Context,
  surroundings: Surroundings,
  work: (context: Context) => Promise<T>,
  access: 'inspect' | 'write' = 'inspect',
): Promise<T> {
  const { settings } = surroundings;
  if (isSamePlace(settings.store, path)) return work(context);
  const own = { ...surroundings, settings: { ...settings, store: path, isStoreNamed: true } };
  return withStore(access, own, work);
}

/** Opens a store that did not exist when its session began, if it exists now or is to be made. */
async function makeLate(
  late: LateStore | undefined,
  access: StoreAccess,
  surroundings: Surroundings,
): Promise<void> {
  if (late === undefined || late.made) return;
  // For all the lines that are still to come.
  const { settings } = surroundings;
  const isMade = modeOf(access, settings) === 'write';
  const mode = settings.readOnly ? 'read' : isMade ? 'write' : 'change';
  const store = await openFor(access, surroundings, mode);
  if (store) await late.become(store);
}

/** What a command is given. */
export interface Session {
  readonly context: Context;
  readonly tools: Tools;
}

/**
 * A session over an open store, for a command with access to it. `empty` gives an empty bucket for
 * `default` until its first write.
 */
export function sessionOf(
  surroundings: Surroundings,
  keyvalue?: Keyvalue,
  empty?: () => Bucket,
): Session {
  const { settings, terminal, host, env, promptVerbs = [] } = surroundings;
  let latest: Session | undefined;
  // For lines: what was read or written before them cannot be begun anew.
  const later = { ...surroundings, idIsTaken: undefined };
  const sessionFor = (own: Settings, its: Terminal): Session => {
    if (latest?.context.settings !== own || latest.context.terminal !== its) {
      latest = sessionOf({ ...later, settings: own, terminal: its }, keyvalue, empty);
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
      if (name !== DEFAULT_BUCKET || empty === undefined) return types.Bucket.openBucket(name);
      return buckets.find(name) ?? empty();
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
    maintenanceOf: async (path) => {
      const { maintenanceOf } = await import('../store/open.js');
      return maintenanceOf(path, patienceOf(surroundings));
    },
    verbs: verbsOf(surroundings),
    manual: surroundings.manualWith(promptVerbs),
    readLine: (words, own = settings) =>
      readLine(words, { ...surroundings, settings: own }, sessionFor),
    forPrompt: (verbs) => sessionOf({ ...later, promptVerbs: verbs }, keyvalue, empty).tools,
    async findStore() {
      await surroundings.prepare?.('read', surroundings.idIsTaken);
      return surroundings.isStoreThere?.() ?? true;
    },
    withStore: (access, work) => withStore(access, surroundings, work),
    withOtherStore: (path, work, needed) =>
      withOtherStore(path, context, surroundings, work, needed),
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
