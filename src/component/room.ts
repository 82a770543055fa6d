/** Limits on everything that a guest can cause to exist, and the account of it. */

import { getHeapStatistics } from 'node:v8';
import { Trap } from '../errors.js';

/** Bytes of a component's file. */
export const COMPONENT_LIMIT_BYTES = 128 * 1024 * 1024;

/** Bytes that a guest may have by default. */
export const DEFAULT_MEMORY_BYTES = 1024 * 1024 * 1024;

/**
 * V8 ends the process when its heap is full, so what is held, passed or listed may take a quarter
 * of it.
 */
export const HEAP_SHARE_BYTES = Math.floor(heapLimit() / 4);

/**
 * V8's limit in bytes, with 48 MiB for new objects. From version 13 on it counts 192 MiB for them,
 * of which what lasts has no part: a guest is bounded alike by each version.
 */
function heapLimit(): number {
  const { heap_size_limit: limit } = getHeapStatistics();
  const more = Number.parseInt(process.versions.v8, 10) < 13 ? 0 : 144 * 1024 * 1024;
  // Options can make both parts small.
  return Math.max(limit - more, limit / 4);
}

/** Bytes that the host holds for a guest at most, whatever the guest itself may have. */
const HELD_LIMIT_BYTES = Math.min(256 * 1024 * 1024, HEAP_SHARE_BYTES);

/**
 * Bytes of values, without lists of bytes, that one call may pass, together with the calls around
 * it.
 */
const PASSED_LIMIT_BYTES = Math.min(64 * 1024 * 1024, HEAP_SHARE_BYTES);

/** Handles at once. */
const HANDLE_LIMIT = 65_536;

/** The most entries of all tables together, and the bytes that one counts as. */
export const TABLE_LIMIT_ENTRIES = 1_000_000;
export const TABLE_ENTRY_BYTES = 16;

/** The most instances of core modules, memories and tables. */
export const INSTANCE_LIMIT = 1000;

/**
 * Bytes of types, functions, globals, elements and exports: of those in the file, and of those of
 * all instances together. Each becomes up to 75 times as much in V8's heap.
 */
export const DECLARATION_LIMIT_BYTES = Math.min(8 * 1024 * 1024, Math.floor(HEAP_SHARE_BYTES / 64));

/**
 * Bytes of the functions' bodies of all instances together. For each byte, V8 keeps up to 8 bytes
 * of notes on calls in its heap, and up to 20 bytes of machine code.
 */
export const CODE_LIMIT_BYTES = Math.min(64 * 1024 * 1024, Math.floor(HEAP_SHARE_BYTES / 8));

/** Bytes of machine code for them: V8 ends the process at 4 GB. */
export const MACHINE_CODE_LIMIT_BYTES = 512 * 1024 * 1024;

/**
 * The most types of functions that modules import and export: V8 compiles a wrapper for each, in 1
 * ms.
 */
export const SIGNATURE_LIMIT = 1000;

/** The most exports of all instances together: V8 makes an object for each. */
export const EXPORT_LIMIT = 200_000;

/**
 * The most steps of linking, one for each definition and each part of a type: a component inside a
 * component can be instantiated many times over. One step makes up to 1 KB in V8's heap.
 */
export const STEP_LIMIT = Math.min(200_000, Math.floor(HEAP_SHARE_BYTES / 1024));

/** A guest's memory, whose size in bytes counts. */
interface SizedMemory {
  readonly size: number;
}

/** The account of one run. */
export class Room {
  /** Bytes that memories, and what the host holds, may take together. */
  readonly limit: number;
  /** The memories whose sizes count. */
  readonly memories: SizedMemory[] = [];
  #handles = 0;
  #held = 0;
  #passed = 0;
  #passedBytes = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Bytes that the host may still hold. */
  get left(): number {
    const memories = this.memories.reduce((sum, { size }) => sum + size, 0);
    return Math.min(HELD_LIMIT_BYTES, this.limit - memories) - this.#held;
  }

  /** Counts a handle. Throws a `Trap` past the limit. */
  addHandle(): void {
    this.expectHandles(1);
    this.#handles++;
  }

  removeHandle(): void {
    this.#handles--;
  }

  /** Throws a `Trap` if there is no room for so many more handles. */
  expectHandles(count: number): void {
    if (this.#handles + count <= HANDLE_LIMIT) return;
    throw new Trap(`it holds more than ${HANDLE_LIMIT} handles`);
  }

  /** Counts bytes that the host keeps until they are released. Throws a `Trap` past the limit. */
  hold(bytes: number): void {
    this.#held += bytes;
    this.check();
  }

  release(bytes: number): void {
    this.#held -= bytes;
  }

  /** Throws a `Trap` if more exists than the limit allows. */
  check(): void {
    if (this.left < 0) throw outOfMemory();
  }

  /** Bytes of values, without lists of bytes, that the calls under way pass. */
  get passed(): number {
    return this.#passed;
  }

  /** Bytes of lists of bytes that the calls under way pass. */
  get passedBytes(): number {
    return this.#passedBytes;
  }

  /** A call has ended: what is passed now is what was passed before it. */
  endCall(passed: number, passedBytes: number): void {
    this.#passed = passed;
    this.#passedBytes = passedBytes;
  }

  /** Counts values that a call passes. Throws a `Trap` past `PASSED_LIMIT_BYTES`. */
  pass(bytes: number): void {
    this.#passed += bytes;
    if (this.#passed <= PASSED_LIMIT_BYTES) return;
    throw new Trap(`it passes more than ${PASSED_LIMIT_BYTES} bytes of values in a call`);
  }

  /** Counts what a call passes as lists of bytes, which the size of a guest's memory bounds. */
  passBytes(bytes: number): void {
    this.#passedBytes += bytes;
    if (this.#passedBytes > this.limit) throw outOfMemory();
  }
}

export function outOfMemory(): Trap {
  return new Trap('it needs more memory than it may have');
}
