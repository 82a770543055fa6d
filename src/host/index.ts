/**
 * The host: runs components on granted buckets and on three streams, and gives them nothing else.
 *
 * A guest is synchronous, and so is everything that it calls. So it runs in the main thread, and the
 * event loop stands still until it ends: a signal ends the process at once, which is safe for the
 * store, and a time limit is kept as time-limit.ts says. All that a guest makes exist is counted and
 * bounded, so that it cannot bring the process down: see component/room.ts, and component/function-body.ts
 * for what V8 needs to compile it.
 *
 * A worker thread would not do that. Where its heap is full V8 ends the thread only if it finds that out
 * in time: an array or a string too many ends the process, of a worker too, and so does memory that its
 * compilers are refused. Of a short run's processor time (0.11 s) one would take 30 % more, a process of its own 60 %.
 */
import { basename } from 'node:path';
import { BinaryReader, malformed } from '../component/binary-reader.js';
import { readCoreModule } from '../component/core-module.js';
import { Declared } from '../component/declared.js';
import { Invalid } from '../component/invalid.js';
import { Optimizing } from '../component/optimizing.js';
import { type Plan, planOf } from '../component/plan.js';
import { Program } from '../component/program.js';
import { formatOf, readComponent } from '../component/read-component.js';
import { DEFAULT_MEMORY_BYTES, Room } from '../component/room.js';
import type { ComponentSyntax } from '../component/syntax.js';
import { Unsupported } from '../component/unsupported.js';
import { asKvError, KvError } from '../errors.js';
import { type Keyvalue, nothingShared, type Pace, type SharedWrites } from '../keyvalue/index.js';
import { readConfigFile } from './config-file.js';
import { entryOf } from './entry.js';
import { grantBuckets, type OpenGrant } from './grants.js';
import type { Interfaces } from './host-functions.js';
import { type Answer, answerTo, otherVersions } from './offers.js';
import { statusOf } from './outcome.js';
import { PacedCalls, settlingEnds } from './pace.js';
import { readComponentFile } from './read-component-file.js';
import { Refusals } from './refusals.js';
import { TimeLimit } from './time-limit.js';
import { type StandardEnds, wasiCli } from './wasi-cli.js';
import { wasiClocks } from './wasi-clocks.js';
import { wasiConfig } from './wasi-config.js';
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
  /** The variables of its environment. */
  readonly env?: readonly (readonly [name: string, value: string])[];
  /** What wasi:config has for it; absent: that is denied. */
  readonly config?: ReadonlyMap<string, string> | undefined;
  readonly keyvalue: Keyvalue;
  readonly ends: StandardEnds;
  /** Milliseconds after which the guest is stopped; absent: never. */
  readonly timeout?: number | undefined;
  /** How its writes share transactions; absent: each is one of its own. */
  readonly pace?: Pace | undefined;
  /** Bytes that the guest may have, its memories and what is held for it; absent: 1 GiB. */
  readonly maxMemory?: number | undefined;
}

/** An import of a component, as it names it, and what it is answered with. */
export interface AnsweredImport {
  /** An interface, or one of its members that is not offered: `a:b/c@1.0.0#d`. */
  readonly name: string;
  readonly answer: Answer;
  /** The versions of it that are offered, where another is imported. */
  readonly offered?: string;
}

/** What a component imports and exports. */
export interface Explanation {
  readonly imports: readonly AnsweredImport[];
  readonly exports: readonly string[];
}

/** What a module of the first preview of WASI imports. */
const PREVIEW1 = 'wasi_snapshot_preview1';

/** The status of a guest whose `run` gave `err`. */
const ERR_STATUS = 1;

/**
 * Runs a component's `wasi:cli/run` and returns its exit status: 0 for ok, 1 for err, or what it
 * gave to `exit`. Throws `not-a-component`, `not-offered` for an import, `trapped`, `timed-out`,
 * `io` where the file cannot be read, `too-large` where it is too large.
 */
export function runComponent(request: RunRequest): number {
  const { path, timeout, keyvalue, pace } = request;
  const action = `run "${path}"`;
  const limit = new TimeLimit(timeout, action);
  const shared = pace ? keyvalue.transactions.share(pace) : nothingShared;
  const calls = new PacedCalls(shared);
  const held: Held[] = [shared];
  let isStuck = false;
  try {
    return limit.within(() => run(request, { action, limit, shared, calls, held }));
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

/** What ended a run in the midst of a call, and says what is lost by that. */
function withoutCommit(thrown: unknown): KvError {
  const { code, message } = asKvError(thrown);
  const result = 'what it wrote since the last commit is not stored';
  return new KvError(code, message, { result, cause: thrown });
}

/**
 * What each of a component's imports is answered with, where it is given settings or not, and what it
 * exports. Throws `not-a-component`, `io`, `too-large`.
 */
export function explainComponent(path: string, isConfigured: boolean): Explanation {
  const action = `explain "${path}"`;
  const component = componentOf(readComponentFile(path, action), path, action);
  const names = (kind: 'import' | 'export') =>
    component.definitions.flatMap((one) => (one.kind === kind ? one.name : []));
  const refusals = new Refusals();
  const world = new HostWorld((refusal) => refusals.add(refusal));
  try {
    understood(action, () => planOf(component, world));
  } catch (thrown) {
    // What is refused comes before what would not fit together with it.
    if (refusals.names.size === 0) throw thrown;
  }
  const refused = refusals.names;
  const imports = [...new Set([...names('import'), ...refused])].map((name) => {
    const offered = refused.has(name) ? otherVersions(name) : undefined;
    const answer = refused.has(name) ? 'refused' : answerTo(name, isConfigured);
    return { name, answer, ...(offered !== undefined && { offered }) };
  });
  return { imports, exports: names('export') };
}

/** Settings out of files, and others, of which the later count. Throws as `readConfigFile` does. */
export function configOf(
  files: readonly string[],
  settings: readonly (readonly [string, string])[],
): ReadonlyMap<string, string> {
  return new Map([...files.flatMap(readConfigFile), ...settings]);
}

/** What a run has to give back. */
interface Held {
  close(): void;
}

/** What belongs to one run. */
interface Run {
  readonly action: string;
  readonly limit: TimeLimit;
  readonly shared: SharedWrites;
  readonly calls: PacedCalls;
  readonly held: Held[];
}

function run(request: RunRequest, { action, limit, shared, calls, held }: Run): number {
  const component = componentOf(readComponentFile(request.path, action), request.path, action);
  const room = new Room(request.maxMemory ?? DEFAULT_MEMORY_BYTES);
  const granted = grantBuckets(request.keyvalue, request.grants, room);
  held.push(granted);
  const refusals = new Refusals();
  const world = new HostWorld((refusal) => refusals.add(refusal), {
    interfaces: interfacesOf(request, granted.interfaces, shared),
    guard: (call) => limit.guard(request.pace ? calls.guard(call) : call),
  });
  try {
    const plan = planned(component, world, refusals, action);
    entryOf(plan.exports, request.path, action);
    held.push(new Optimizing(plan.modules));
    const program = understood(action, () => new Program(component, plan, room));
    held.push(program);
    try {
      const exports = understood(action, () => program.start(world));
      const call = entryOf(exports, request.path, action);
      const { tag } = call() as { tag: 'ok' | 'err' };
      program.check();
      return tag === 'ok' ? 0 : ERR_STATUS;
    } finally {
      shared.settle();
      request.ends.drain();
    }
  } catch (thrown) {
    return statusOf(thrown, action);
  }
}

/** The plan, once all that it imports is offered. Throws `not-offered`, and as `understood`. */
function planned(
  component: ComponentSyntax,
  world: HostWorld,
  refusals: Refusals,
  action: string,
): Plan {
  try {
    return understood(action, () => planOf(component, world));
  } finally {
    // What is refused comes before what would not fit together with it.
    refusals.check(action);
  }
}

function interfacesOf(
  { path, words, env = [], config, keyvalue, ends }: RunRequest,
  granted: Interfaces,
  shared: SharedWrites,
): Interfaces {
  return {
    ...granted,
    'wasi:io/error': keyvalue.error,
    'wasi:io/poll': keyvalue.poll,
    'wasi:io/streams': keyvalue.streams,
    ...wasiCli([basename(path), ...words], env, settlingEnds(ends, shared)),
    ...wasiConfig(config),
    ...wasiClocks(() => shared.settle()),
    ...wasiRandom(),
    ...wasiFilesystem(),
  };
}

function componentOf(bytes: Uint8Array, path: string, action: string): ComponentSyntax {
  const refuse = (state: string, hint?: string) =>
    new KvError('not-a-component', `cannot ${action}: ${state}`, { hint });
  const format = formatOf(bytes);
  switch (format) {
    case 'component':
      return understood(action, () => readComponent(bytes));
    case 'core module':
      throw refuse('it is a core module, not a component', wrapping(bytes, path));
    case 'component of another version':
      throw refuse('it is a component of a version this kv does not know');
    case 'other':
      throw refuse('it is not WebAssembly');
    default:
      return format satisfies never;
  }
}

/** How a core module becomes a component: with an adapter, where it is for the first preview of WASI. */
function wrapping(bytes: Uint8Array, path: string): string {
  const wrap = `wrap it: wasm-tools component new "${path}" -o component.wasm`;
  try {
    const { imports } = readCoreModule(new BinaryReader(bytes), new Declared());
    const isPreview1 = imports.some(({ module }) => module === PREVIEW1);
    return isPreview1 ? `${wrap} --adapt ${PREVIEW1}=${PREVIEW1}.command.wasm` : wrap;
  } catch {
    return wrap;
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
