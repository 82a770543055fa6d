/** What a guest may make exist, all of it together: the limits, and the account of what is held. */

import { getHeapStatistics } from 'node:v8';
import { Trap } from '../errors.js';

/** Bytes of a component's file. */
export const COMPONENT_LIMIT_BYTES = 128 * 1024 * 1024;

/** Bytes that a guest may have where nothing else is asked for. */
export const DEFAULT_MEMORY_BYTES = 1024 * 1024 * 1024;

/**
 * V8 ends the process where its heap is full: what is held, passed or listed takes a quarter of it
 * at most.
 */
export const HEAP_SHARE_BYTES = Math.floor(getHeapStatistics().heap_size_limit / 4);

/** Bytes that the host holds for a guest at most, whatever the guest may have. */
const HELD_LIMIT_BYTES = Math.min(256 * 1024 * 1024, HEAP_SHARE_BYTES);

/** Bytes of values, lists of bytes apart, that one call may pass, with those that it is made within. */
const PASSED_LIMIT_BYTES = Math.min(64 * 1024 * 1024, HEAP_SHARE_BYTES);

/** Handles at once. */
const HANDLE_LIMIT = 65_536;

/** Entries of all tables together; one counts as so many bytes. */
export const TABLE_LIMIT_ENTRIES = 1_000_000;
export const TABLE_ENTRY_BYTES = 16;

/** Instances of core modules, their memories and tables. */
export const INSTANCE_LIMIT = 1000;

/**
 * Bytes of types, functions, globals, elements and exports: those in the file, and those of all
 * instances together. What is made of each here takes up to 75 in V8's heap.
 */
export const DECLARATION_LIMIT_BYTES = Math.min(8 * 1024 * 1024, Math.floor(HEAP_SHARE_BYTES / 64));

/**
 * Bytes of functions' bodies of all instances together. V8 keeps notes on each call, 8 bytes in its heap
 * for each of these, and machine code of up to 20.
 */
export const CODE_LIMIT_BYTES = Math.min(64 * 1024 * 1024, Math.floor(HEAP_SHARE_BYTES / 8));

/** Bytes of machine code that V8 makes of them: it ends the process at 4 GB of it. */
export const MACHINE_CODE_LIMIT_BYTES = 512 * 1024 * 1024;

/** Types of functions that modules import and export: V8 compiles what goes between for each, in 1 ms. */
export const SIGNATURE_LIMIT = 1000;

/** Exports of all instances together: V8 makes an object of each. */
export const EXPORT_LIMIT = 200_000;

/**
 * Steps of linking, one for each definition, and for each part of a type: a component in a component can be
 * instantiated many times over.
 */
export const STEP_LIMIT = 200_000;

/** A memory of the guest's, whose size in bytes counts. */
interface SizedMemory {
  readonly size: number;
}

/** The account of one run. */
export class Room {
  /** Bytes that memories, and what is held by the host, may take together. */
  readonly limit: number;
  /** Memories that can be looked at. */
  readonly memories: SizedMemory[] = [];
  #handles = 0;
  #held = 0;
  #passed = 0;
  #passedBytes = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Bytes that the host may yet hold. */
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

  /** Throws a `Trap` where there is no room for so many handles more. */
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

  /** Throws a `Trap` where what is there is more than the limit. */
  check(): void {
    if (this.left < 0) throw outOfMemory();
  }

  /** Bytes of values that the calls under way pass, lists of bytes apart. */
  get passed(): number {
    return this.#passed;
  }

  /** Bytes of lists of bytes that the calls under way pass. */
  get passedBytes(): number {
    return this.#passedBytes;
  }

  /** A call has ended: what was passed before it is what is passed now. */
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

  /** Counts what a call passes as lists of bytes, which a guest's own memory bounds. */
  passBytes(bytes: number): void {
    this.#passedBytes += bytes;
    if (this.#passedBytes > this.limit) throw outOfMemory();
  }
}

export function outOfMemory(): Trap {
  return new Trap('it needs more memory than it may have');
}
