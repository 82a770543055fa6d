/** An instance of a component, with all that it is given. */
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
import type { HostFunction, Interfaces } from './host-functions.js';
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
  /** The component's file, whose name is its first argument. */
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
  /** How its writes share transactions; absent: each is one of its own. */
  readonly pace?: Pace | undefined;
  /** Bytes that the guest may have, its memories and what is held for it; absent: 1 GiB. */
  readonly maxMemory?: number | undefined;
}

/** Around the calls of an instance. */
export interface Around {
  /** What is tried, as messages have it. */
  readonly action: string;
  readonly shared: SharedWrites;
  readonly calls: PacedCalls;
  /** The function as the guest calls it. */
  guard(call: HostFunction): HostFunction;
  /** Called before the guest waits. */
  readonly beforeWait: () => void;
}

interface Closing {
  close(): void;
}

/** `Entry`: what of its exports is called. */
export class Guest<Entry> {
  readonly entry: Entry;
  /** Room for what is passed to it. */
  readonly room: Room;
  readonly interfaces: Interfaces;
  readonly #held: Closing[] = [];
  #program: Program | undefined;

  /**
   * Starts it. `entryOf` is asked first of what is exported as a plan, of which nothing can be called. Throws
   * `not-a-component`, `not-offered`, and what its start functions trap with; it has to be closed all the same, so
   * `made` is told of it before.
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
      guard: (call) => around.guard(given.pace ? around.calls.guard(call) : call),
    });
    const plan = planned(component, world, refusals, action);
    entryOf(plan.exports);
    this.#held.push(new Optimizing(plan.modules));
    const program = understood(action, () => new Program(component, plan, this.room));
    this.#held.push(program);
    this.#program = program;
    this.entry = entryOf(understood(action, () => program.start(world)));
  }

  /** Throws what has ended it, though it may have caught it. */
  check(): void {
    this.#program?.check();
  }

  /** Lets go of what the host holds for it. Idempotent. */
  close(): void {
    for (const one of this.#held.splice(0).reverse()) one.close();
  }
}

/** The writes of a run, as its pace says. */
export function sharedWrites({ keyvalue, pace }: Given): SharedWrites {
  return pace ? keyvalue.transactions.share(pace) : nothingShared;
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
