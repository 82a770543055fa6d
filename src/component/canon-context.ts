/** What lifting and lowering work with: whose handles and memory, and how strings are written. */

import { Trap } from '../errors.js';
import type { GuestMemory } from './guest-memory.js';
import type { Call, Handles } from './resource.js';
import type { Room } from './room.js';
import type { Encoding } from './strings.js';

/** An instance of a component, as calls find it. */
export interface Instance {
  readonly handles: Handles;
  /** False while nothing that it calls may leave it. */
  mayLeave: boolean;
  /** False while a call of its own is under way elsewhere. */
  mayEnter: boolean;
}

export type CoreFunction = (...values: unknown[]) => unknown;

export interface CanonContext {
  readonly room: Room;
  readonly instance: Instance;
  readonly encoding: Encoding;
  readonly memory: GuestMemory | undefined;
  readonly realloc: CoreFunction | undefined;
}

/** Throws where there is none: linking has looked at what the types ask for. */
export function memoryOf({ memory }: CanonContext): GuestMemory {
  if (memory === undefined) throw new Trap('it passes what needs a memory, and names none');
  return memory;
}

/** Has the guest allocate; returns where. Throws a `Trap` for what is not in its memory. */
export function allocate(context: CanonContext, size: number, alignment: number): number {
  const { realloc } = context;
  if (realloc === undefined) throw new Trap('it takes what needs memory, and names no realloc');
  const pointer = (realloc(0, 0, alignment, size) as number) >>> 0;
  memoryOf(context).check(pointer, size, alignment);
  return pointer;
}

/** A call under way, where what is borrowed and lent has to be kept. */
export type CallScope = Call | undefined;
