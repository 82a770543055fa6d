/**
 * What lifting and lowering need: the instance with its handles, its memory, and the encoding of
 * strings.
 */

import { Trap } from '../errors.js';
import type { GuestMemory } from './guest-memory.js';
import type { Call, Handles } from './resource.js';
import type { Room } from './room.js';
import type { Encoding } from './strings.js';

/** The state of a component instance that calls depend on. */
export interface Instance {
  readonly handles: Handles;
  /** False while the instance must not call out. */
  mayLeave: boolean;
  /** False while a call to the instance is suspended elsewhere. */
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

/** Throws if there is no memory; linking has checked what the types need. */
export function memoryOf({ memory }: CanonContext): GuestMemory {
  if (memory === undefined) throw new Trap('it passes what needs a memory, and names none');
  return memory;
}

/** Calls the guest's allocator; returns the address. Throws a `Trap` for one outside its memory. */
export function allocate(context: CanonContext, size: number, alignment: number): number {
  const { realloc } = context;
  if (realloc === undefined) throw new Trap('it takes what needs memory, and names no realloc');
  const pointer = (realloc(0, 0, alignment, size) as number) >>> 0;
  memoryOf(context).check(pointer, size, alignment);
  return pointer;
}

/** A call under way, if borrowed and lent handles have to be tracked. */
export type CallScope = Call | undefined;
