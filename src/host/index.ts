/**
 * The host: runs components on granted buckets and on three streams, and gives them nothing else.
 *
 * A guest is synchronous, and so is everything that it calls. So it runs in the main thread, and the
 * event loop stands still until it ends: a signal ends the process at once, which is safe for the
 * store, and a time limit is kept as time-limit.ts says. All that a guest makes exist is counted and
 * bounded, so that it cannot bring the process down: see component/room.ts.
 */
import { basename } from 'node:path';
import { malformed } from '../component/binary-reader.js';
import { Invalid } from '../component/invalid.js';
import { type Exports, exported } from '../component/items.js';
import { planOf } from '../component/plan.js';
import { Program } from '../component/program.js';
import { formatOf, readComponent } from '../component/read-component.js';
import { DEFAULT_MEMORY_BYTES, Room } from '../component/room.js';
import type { ComponentSyntax } from '../component/syntax.js';
import { funcText } from '../component/type-text.js';
import { Unsupported } from '../component/unsupported.js';
import { KvError } from '../errors.js';
import type { Keyvalue } from '../keyvalue/index.js';
import { grantBuckets, type OpenGrant } from './grants.js';
import type { Interfaces } from './host-functions.js';
import { type Answer, answerTo, isRun } from './offers.js';
import { statusOf } from './outcome.js';
import { readComponentFile } from './read-component-file.js';
import { TimeLimit } from './time-limit.js';
import { type StandardEnds, wasiCli } from './wasi-cli.js';
import { wasiClocks } from './wasi-clocks.js';
import { wasiFilesystem } from './wasi-filesystem.js';
import { wasiRandom } from './wasi-random.js';
import { HostWorld } from './world.js';

/** What a component is run with. */
export interface RunRequest {
  /** The component's file. */
  readonly path: string;
  /** The guest's arguments, beside its own name. */
  readonly words: readonly string[];
  readonly grants: readonly OpenGrant[];
  readonly keyvalue: Keyvalue;
  readonly ends: StandardEnds;
  /** Milliseconds after which the guest is stopped; absent: never. */
  readonly timeout?: number | undefined;
  /** Bytes that the guest may have, its memories and what is held for it; absent: 1 GiB. */
  readonly maxMemory?: number | undefined;
}

/** An import of a component, as it names it, and what it is answered with. */
export interface AnsweredImport {
  /** An interface, or one of its members that is not offered: `a:b/c@1.0.0#d`. */
  readonly name: string;
  readonly answer: Answer;
}

/** The type of `run`. */
const RUN_TEXT = 'func() -> result<_, _>';

/** The status of a guest whose `run` gave `err`. */
const ERR_STATUS = 1;

/**
 * Runs a component's `wasi:cli/run` and returns its exit status: 0 for ok, 1 for err, or what it
 * gave to `exit`. Throws `not-a-component`, `not-offered` for an import, `trapped`, `timed-out`,
 * `io` where the file cannot be read, `too-large` where it is too large.
 */
export function runComponent(request: RunRequest): number {
  const { path, timeout, keyvalue } = request;
  const action = `run "${path}"`;
  const limit = new TimeLimit(timeout, action);
  const held: Held[] = [];
  let isStuck = false;
  try {
    return limit.within(() => run(request, action, limit, held));
  } catch (thrown) {
    isStuck = keyvalue.transactions.isStuckAfter(thrown);
    throw thrown;
  } finally {
    if (!isStuck) for (const one of held.reverse()) one.close();
  }
}

/** What each of a component's imports is answered with. Throws `not-a-component`, `io`, `too-large`. */
export function explainComponent(path: string): AnsweredImport[] {
  const action = `explain "${path}"`;
  const component = componentOf(readComponentFile(path, action), action);
  const names = component.definitions.flatMap((one) => (one.kind === 'import' ? one.name : []));
  const refused = new Set<string>();
  const world = new HostWorld(({ name }) => refused.add(name));
  understood(action, () => planOf(component, world));
  return [...new Set([...names, ...refused])].map((name) => ({
    name,
    answer: refused.has(name) ? 'refused' : answerTo(name),
  }));
}

/** What a run has to give back. */
interface Held {
  close(): void;
}

function run(request: RunRequest, action: string, limit: TimeLimit, held: Held[]): number {
  const component = componentOf(readComponentFile(request.path, action), action);
  const room = new Room(request.maxMemory ?? DEFAULT_MEMORY_BYTES);
  const granted = grantBuckets(request.keyvalue, request.grants, room);
  held.push(granted);
  const world = new HostWorld(
    ({ reason }) => {
      throw new KvError('not-offered', `cannot ${action}: ${reason}`);
    },
    { interfaces: interfacesOf(request, granted.interfaces), limit },
  );
  try {
    const plan = understood(action, () => planOf(component, world));
    callable(plan.exports, action);
    const program = understood(action, () => new Program(component, plan, room));
    held.push(program);
    try {
      const call = callable(
        understood(action, () => program.start(world)),
        action,
      );
      const { tag } = call() as { tag: 'ok' | 'err' };
      program.check();
      return tag === 'ok' ? 0 : ERR_STATUS;
    } finally {
      request.ends.drain();
    }
  } catch (thrown) {
    return statusOf(thrown, action);
  }
}

function interfacesOf(
  { path, words, keyvalue, ends }: RunRequest,
  granted: Interfaces,
): Interfaces {
  return {
    ...granted,
    'wasi:io/error': keyvalue.error,
    'wasi:io/poll': keyvalue.poll,
    'wasi:io/streams': keyvalue.streams,
    ...wasiCli([basename(path), ...words], ends),
    ...wasiClocks(),
    ...wasiRandom(),
    ...wasiFilesystem(),
  };
}

function componentOf(bytes: Uint8Array, action: string): ComponentSyntax {
  const refuse = (state: string) => new KvError('not-a-component', `cannot ${action}: ${state}`);
  const format = formatOf(bytes);
  switch (format) {
    case 'component':
      return understood(action, () => readComponent(bytes));
    case 'core module':
      throw refuse('it is a module of core WebAssembly, not a component');
    case 'component of another version':
      throw refuse('it is a component of a version this kv does not know');
    case 'other':
      throw refuse('it is not WebAssembly');
    default:
      return format satisfies never;
  }
}

/** What `work` gives; throws `not-a-component` where the component is not one that can be run. */
function understood<T>(action: string, work: () => T): T {
  const refuse = (state: string, cause?: unknown) =>
    new KvError('not-a-component', `cannot ${action}: ${state}`, { cause });
  try {
    return work();
  } catch (thrown) {
    if (thrown === malformed) throw refuse('it is damaged, or cut off');
    if (thrown instanceof Unsupported) throw refuse(`it uses ${thrown.message}`, thrown);
    if (thrown instanceof Invalid) throw refuse(`it is not valid: ${thrown.message}`, thrown);
    throw thrown;
  }
}

/** The exported `run`. Throws `not-a-component` where there is none. */
function callable(exports: Exports, action: string): () => unknown {
  try {
    const name = [...exports.keys()].find(isRun) ?? '';
    const { func } = exported(exported(exports, 'instance', name).exports, 'func', 'run');
    if (funcText(func.type) === RUN_TEXT) return () => func.call([]);
  } catch (thrown) {
    if (!(thrown instanceof Invalid)) throw thrown;
  }
  throw new KvError('not-a-component', `cannot ${action}: it does not export wasi:cli/run@0.2`);
}
