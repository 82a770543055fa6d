/**
 * The host: runs components on granted buckets and three streams, and gives them nothing else.
 *
 * A guest is synchronous, and so is everything that it calls. It runs in the main thread, and the
 * event loop stands still until it ends: a signal ends the process at once, which is safe for the
 * store, and time-limit.ts keeps a time limit. Everything that a guest can make exist is counted
 * and bounded, so that it cannot bring the process down: see component/room.ts, and
 * component/function-body.ts for what V8 needs to compile it.
 *
 * A worker thread would not protect the process. When a worker's heap is full, V8 ends only the
 * thread if it notices in time; a large array or string, or a compiler that is refused memory, ends
 * the whole process. A worker would add 30 % to the processor time of a short run (0.11 s), a
 * process of its own 60 %.
 */
import type { Exports } from '../component/items.js';
import { planOf } from '../component/plan.js';
import { asKvError, KvError } from '../errors.js';
import { componentAt, understood } from './component-at.js';
import { readConfigFile } from './config-file.js';
import { entryOf } from './entry.js';
import { type Around, type Given, Guest, sharedWrites } from './guest.js';
import { type Answer, answerTo, otherVersions } from './offers.js';
import { asTrapped, statusOf } from './outcome.js';
import { PacedCalls } from './pace.js';
import { Refusals } from './refusals.js';
import { TimeLimit } from './time-limit.js';
import { HostWorld } from './world.js';

export type { Given } from './guest.js';
export { type WatchRequest, watchComponent } from './watch-component.js';

/** An import of a component by its own name, and how it is answered. */
export interface AnsweredImport {
  /** An interface, or a member of one that is not offered: `a:b/c@1.0.0#d`. */
  readonly name: string;
  readonly answer: Answer;
  /** The offered versions of it, if the component imports another version. */
  readonly offered?: string;
}

/** What a component imports and exports. */
export interface Explanation {
  readonly imports: readonly AnsweredImport[];
  readonly exports: readonly string[];
}

/** The exit status of a guest whose `run` returned `err`. */
const ERR_STATUS = 1;

/**
 * Runs a component's `wasi:cli/run` and returns its exit status: 0 for ok, 1 for err, or the
 * argument of `exit`. Throws `not-a-component`, `not-offered`, `trapped`, `timed-out`, `io` if the
 * file cannot be read, `too-large` if it is too large.
 */
export function runComponent(request: Given): number {
  const { path, timeout, keyvalue } = request;
  const action = `run "${path}"`;
  const limit = new TimeLimit(timeout, action);
  const shared = sharedWrites(request);
  const calls = new PacedCalls(shared);
  const around: Around = {
    action,
    shared,
    calls,
    begin: () => limit.check(),
    beforeWait: () => shared.settle(),
  };
  const held: { close(): void }[] = [shared];
  let isStuck = false;
  try {
    return limit.within(() => run(request, around, (guest) => held.push(guest)));
  } catch (thrown) {
    if (calls.isStuck) {
      isStuck = true;
      throw withoutCommit(thrown);
    }
    isStuck = !shared.isOpen && keyvalue.transactions.isStuckAfter(thrown);
    throw thrown;
  } finally {
    if (!isStuck) for (const one of held.reverse()) one.close();
  }
}

function run(request: Given, around: Around, made: (guest: { close(): void }) => void): number {
  const { path, ends } = request;
  const { action, shared } = around;
  const component = componentAt(path, action);
  const entry = (exports: Exports) => entryOf(exports, path, action);
  try {
    try {
      const guest = new Guest(component, request, around, entry, made);
      const { tag } = guest.entry() as { tag: 'ok' | 'err' };
      guest.check();
      return tag === 'ok' ? 0 : ERR_STATUS;
    } finally {
      shared.settle();
      ends.drain();
    }
  } catch (thrown) {
    return statusOf(thrown, action);
  }
}

/** The error of a run that was stopped inside a call, with what is lost by that. */
function withoutCommit(thrown: unknown): KvError {
  const { code, message } = asKvError(thrown);
  const result = 'what it wrote since the last commit is not stored';
  return new KvError(code, message, { result, cause: thrown });
}

/**
 * How each of a component's imports is answered, with or without settings, and what it exports.
 * Throws `not-a-component`, `io`, `too-large`, and `trapped` for more instances than it may have.
 */
export function explainComponent(path: string, isConfigured: boolean): Explanation {
  const action = `explain "${path}"`;
  const component = componentAt(path, action);
  const names = (kind: 'import' | 'export') =>
    component.definitions.flatMap((one) => (one.kind === kind ? one.name : []));
  const refusals = new Refusals();
  const world = new HostWorld((refusal) => refusals.add(refusal));
  try {
    understood(action, () => planOf(component, world));
  } catch (thrown) {
    // Refused imports are reported before definitions that do not fit because of them.
    if (refusals.names.size === 0) throw asTrapped(thrown, action);
  }
  const refused = refusals.names;
  const imports = [...new Set([...names('import'), ...refused])].map((name) => {
    const offered = refused.has(name) ? otherVersions(name) : undefined;
    const answer = refused.has(name) ? 'refused' : answerTo(name, isConfigured);
    return { name, answer, ...(offered !== undefined && { offered }) };
  });
  return { imports, exports: names('export') };
}

/** Settings from files, and single ones; later ones win. Throws as `readConfigFile` does. */
export function configOf(
  files: readonly string[],
  settings: readonly (readonly [string, string])[],
): ReadonlyMap<string, string> {
  return new Map([...files.flatMap(readConfigFile), ...settings]);
}
