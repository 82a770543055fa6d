/** An instance of a component, with everything that it is given. */
import { basename } from 'node:path';
import type { Exports } from '../component/items.js';
import { Optimizing } from '../component/optimizing.js';
import { type Plan, planOf } from '../component/plan.js';
import { Program } from '../component/program.js';
import { DEFAULT_MEMORY_BYTES, Room } from '../component/room.js';
import type { ComponentSyntax } from '../component/syntax.js';
import { type Keyvalue, nothingShared, type Pace, type SharedWrites } from '../keyvalue/index.js';
import { understood } from './component-at.js';
import { grantBuckets, type OpenGrant } from './grants.js';
import type { Interfaces } from './host-functions.js';
import { type PacedCalls, settlingEnds } from './pace.js';
import { Refusals } from './refusals.js';
import { type StandardEnds, wasiCli } from './wasi-cli.js';
import { wasiClocks } from './wasi-clocks.js';
import { wasiConfig } from './wasi-config.js';
import { wasiFilesystem } from './wasi-filesystem.js';
import { wasiRandom } from './wasi-random.js';
import { HostWorld } from './world.js';

/** What a component is given. */
export interface Given {
  /** The component's file; its name is the first argument. */
  readonly path: string;
  /** The guest's arguments, without its own name. */
  readonly words: readonly string[];
  readonly grants: readonly OpenGrant[];
  /** The guest's environment variables. */
  readonly env?: readonly (readonly [name: string, value: string])[];
  /** The settings for wasi:config; absent: the component gets no wasi:config. */
  readonly config?: ReadonlyMap<string, string> | undefined;
  readonly keyvalue: Keyvalue;
  readonly ends: StandardEnds;
  /** How its writes share transactions; absent: each is a transaction of its own. */
  readonly pace?: Pace | undefined;
  /** Bytes that the guest may have, in its memories and held by the host; absent: 1 GiB. */
  readonly maxMemory?: number | undefined;
  /** Milliseconds after which a run, or a call of a watcher, is stopped; absent: never. */
  readonly timeout?: number | undefined;
}

/** What surrounds the calls of an instance. */
export interface Around {
  /** The action named in messages. */
  readonly action: string;
  readonly shared: SharedWrites;
  readonly calls: PacedCalls;
  /** Called before a call takes anything of the guest's; throws if the call is not to be made. */
  readonly begin: () => void;
  /** Called before the guest waits. */
  readonly beforeWait: () => void;
}

interface Closing {
  close(): void;
}

/** `Entry` is the type of the exports that are called. */
export class Guest<Entry> {
  readonly entry: Entry;
  /** The limits for what is passed to it. */
  readonly room: Room;
  readonly interfaces: Interfaces;
  readonly #held: Closing[] = [];
  #program: Program | undefined;

  /**
   * Starts the instance. `entryOf` is called first with the exports of the plan, which cannot be
   * called. Throws `not-a-component`, `not-offered`, and traps of its start functions; it has to be
   * closed even then, so `made` gets it before.
   */
  constructor(
    component: ComponentSyntax,
    given: Given,
    around: Around,
    entryOf: (exports: Exports) => Entry,
    made: (guest: Closing) => void,
  ) {
    const { action } = around;
    this.room = new Room(given.maxMemory ?? DEFAULT_MEMORY_BYTES);
    const granted = grantBuckets(given.keyvalue, given.grants, this.room);
    this.#held.push(granted);
    made(this);
    this.interfaces = interfacesOf(given, granted.interfaces, around);
    const refusals = new Refusals();
    const world = new HostWorld((refusal) => refusals.add(refusal), {
      interfaces: this.interfaces,
      begin: given.pace ? () => beginPaced(around) : around.begin,
      beginDrop: () => given.pace && around.calls.begin(),
      guard: (call) => (given.pace ? around.calls.guard(call) : call),
    });
    const plan = planned(component, world, refusals, action);
    entryOf(plan.exports);
    this.#held.push(new Optimizing(plan.modules, given.timeout !== undefined));
    const program = understood(action, () => new Program(component, plan, this.room));
    this.#held.push(program);
    this.#program = program;
    this.entry = entryOf(understood(action, () => program.start(world)));
  }

  /** Throws the error that ended it, even if the guest has caught it. */
  check(): void {
    this.#program?.check();
  }

  /** Releases what the host holds for it. Idempotent. */
  close(): void {
    // Values first: one that the guest has not dropped sets no key when its handle goes.
    for (const one of this.#held.splice(0)) one.close();
  }
}

/** How the writes of a run share transactions, by its pace. */
export function sharedWrites({ keyvalue, pace }: Given): SharedWrites {
  return pace ? keyvalue.transactions.share(pace) : nothingShared;
}

/** The plan, if all its imports are offered. Throws `not-offered`, and as `understood`. */
function planned(
  component: ComponentSyntax,
  world: HostWorld,
  refusals: Refusals,
  action: string,
): Plan {
  try {
    return understood(action, () => planOf(component, world));
  } finally {
    // Refused imports are reported before definitions that do not fit because of them.
    refusals.check(action);
  }
}

function beginPaced({ begin, calls }: Around): void {
  begin();
  calls.begin();
}

function interfacesOf(
  { path, words, env = [], config, keyvalue, ends }: Given,
  granted: Interfaces,
  { beforeWait }: Around,
): Interfaces {
  return {
    ...granted,
    'wasi:io/error': keyvalue.error,
    'wasi:io/poll': keyvalue.poll,
    'wasi:io/streams': keyvalue.streams,
    ...wasiCli([basename(path), ...words], env, settlingEnds(ends, beforeWait)),
    ...wasiConfig(config),
    ...wasiClocks(beforeWait),
    ...wasiRandom(),
    ...wasiFilesystem(),
  };
}
