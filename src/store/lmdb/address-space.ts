/**
 * What the limits on a process (`ulimit`) leave for LMDB. Where LMDB is refused addresses or a
 * descriptor while it opens a store, lmdb (3.5.6) frees what it then uses, and the process dies: so
 * they are looked at before. Nothing is known where there is no /proc, and then nothing is refused.
 */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { ioError, KvError } from '../../errors.js';
import type { Limits } from '../process-limits.js';
import { STORE_LIMIT_BYTES } from './layout.js';

/**
 * Bytes of addresses that are left to the rest of the process: its heap, and for each thread a stack
 * and an arena of malloc's. Who writes has more threads, and keeps the pages that it changes.
 */
const READER_REST_BYTES = 256 * 1024 * 1024;
const WRITER_REST_BYTES = 768 * 1024 * 1024;

/** Bytes by which a store may grow while one transaction lasts. */
const GROWTH_BYTES = 64 * 1024 * 1024;

/** Descriptors that LMDB, and the readers of its files beside it, have open at once. */
const DESCRIPTORS = 5;

/** Bytes of stack that LMDB's threads get by with. */
const STACK_BYTES = 128 * 1024;

/**
 * Bytes of a page of the system's memory, the least of today's: where pages are larger, less is
 * counted.
 */
const PAGE_BYTES = 4096;

/**
 * A limit that is advised is a multiple of so many bytes, and one more: no two processes use the
 * same.
 */
const HINT_STEP_BYTES = 256 * 1024 * 1024;

/** Bytes of a unit that a map's size is a multiple of. */
const MAP_UNIT_BYTES = 256 * 1024;

/**
 * Bytes of addresses that are counted on where no limit is set: half of what 47 bits give, since what
 * V8 takes leaves the rest in pieces that are too small for a map.
 */
const ADDRESSES_BYTES = 2 ** 46;

/** Throws `full` where threads have too little stack for LMDB. */
export function checkStack(path: string, { stack }: Limits): void {
  if (stack >= STACK_BYTES) return;
  const state = "the limit on a thread's stack is too low for it";
  throw new KvError('full', `cannot use store "${path}": ${state}`, {
    hint: `try: ulimit -s unlimited, or at least ulimit -s ${STACK_BYTES / 1024}`,
  });
}

/** Throws `busy` where LMDB could not open its files; `file` is one that can be opened. */
export function checkDescriptors(path: string, file: string, { descriptors }: Limits): void {
  const held: number[] = [];
  try {
    do held.push(openSync(file, 'r'));
    while (held[0]! + 2 * DESCRIPTORS > descriptors && held.length < DESCRIPTORS);
  } catch (error) {
    const failure = ioError(`open store "${path}"`, error);
    if ((error as NodeJS.ErrnoException).code !== 'EMFILE') throw failure;
    const { code, message, cause } = failure;
    const enough = (held[0] ?? descriptors) + 2 * DESCRIPTORS;
    throw new KvError(code, `${message}: the limit is ${descriptors}`, {
      hint: `try: ulimit -n ${enough}`,
      cause,
    });
  } finally {
    for (const descriptor of held) closeSync(descriptor);
  }
}

/** The addresses that LMDB may map a store's file to, under a limit. */
export class AddressSpace {
  readonly #path: string;
  readonly #limit: number;
  /** Bytes that are not for maps. */
  readonly #taken: number;
  /** Bytes that are left for maps. LMDB keeps the old ones when it makes a larger one. */
  #left: number;
  /** Bytes of the newest map. */
  #mapped = 0;

  /** Bytes of the newest map behind the store's end, when a transaction began. */
  #room = 0;
  /** Bytes of records that the transaction has written. */
  #written = 0;

  private constructor(path: string, limit: number, rest: number) {
    this.#path = path;
    this.#limit = limit;
    this.#taken = usedAddresses() + rest;
    this.#left = limit - this.#taken;
  }

  /** Undefined where there is room for any store. */
  static of(path: string, { addresses }: Limits, readOnly: boolean): AddressSpace | undefined {
    const limit = Math.min(addresses, ADDRESSES_BYTES);
    // A process that has many stores open runs out of addresses without any limit.
    if (limit - usedAddresses() >= 2 * STORE_LIMIT_BYTES) return undefined;
    return new AddressSpace(path, limit, readOnly ? READER_REST_BYTES : WRITER_REST_BYTES);
  }

  /** How much to map of a file of `size` bytes. Throws `full` where the limit is too low for it. */
  firstMap(size: number): number {
    const needed = size + GROWTH_BYTES;
    if (needed > this.#left) throw this.#tooLow(needed);
    // A quarter, so that LMDB can double it once; or all of it, where that would be too small.
    const quarter = this.#left / 4;
    this.#mapped = unitsIn(quarter >= needed ? quarter : this.#left);
    this.#left -= this.#mapped;
    return this.#mapped;
  }

  /**
   * To be called before a transaction: the store ends at `end` bytes. Throws `full` where it has
   * outgrown what can be mapped.
   */
  begin(end: number): void {
    this.#written = 0;
    const needed = end + GROWTH_BYTES;
    this.#room = this.#mapped - end;
    if (needed <= this.#mapped) return;
    // What LMDB maps instead, by itself, when a transaction needs it.
    const larger = 2 * needed + MAP_UNIT_BYTES;
    // A quarter is mapped at first: see above.
    if (larger > this.#left) throw this.#tooLow(4 * needed);
    this.#left -= larger;
    this.#mapped = 2 * needed;
    this.#room = needed;
  }

  /** Throws `full` where the transaction would write more than can be held and mapped. */
  willWrite(bytes: number): void {
    this.#written += bytes;
    // Pages are not full, and each is held in memory as well until the commit.
    const needed = 2 * this.#written;
    if (needed > Math.max(GROWTH_BYTES, Math.min(this.#room, this.#left))) throw this.#tooLow();
  }

  /** `needed` bytes of maps would be enough; undefined where nobody knows how many. */
  #tooLow(needed?: number): KvError {
    if (this.#limit === ADDRESSES_BYTES) {
      const state = 'the process has no addresses left for it';
      return new KvError('full', `cannot use store "${this.#path}": ${state}`, {
        hint: 'try: close other stores that it has open',
      });
    }
    const steps = Math.ceil((this.#taken + (needed ?? 0)) / HINT_STEP_BYTES) + 1;
    const least = `, or at least ulimit -v ${(steps * HINT_STEP_BYTES) / 1024}`;
    return new KvError(
      'full',
      `cannot use store "${this.#path}": the limit on the process's addresses is too low for it`,
      { hint: `try: ulimit -v unlimited${needed === undefined ? '' : least}` },
    );
  }
}

/** Bytes of addresses that this process uses now. */
function usedAddresses(): number {
  try {
    return Number.parseInt(readFileSync('/proc/self/statm', 'latin1'), 10) * PAGE_BYTES;
  } catch {
    return 0;
  }
}

function unitsIn(bytes: number): number {
  return Math.floor(bytes / MAP_UNIT_BYTES) * MAP_UNIT_BYTES;
}
