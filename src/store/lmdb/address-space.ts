/**
 * What the limits on a process (`ulimit`) leave for LMDB. If LMDB is refused addresses or a
 * descriptor while it opens a store, lmdb (3.5.6) uses memory that it has freed, and the process
 * dies, so the limits are checked before. Without /proc nothing is known, and nothing is refused.
 */
import { closeSync, openSync } from 'node:fs';
import { ioError, KvError } from '../../errors.js';
import { type Limits, usedMemory } from '../process-limits.js';
import { STORE_LIMIT_BYTES } from './layout.js';

/**
 * Bytes of addresses for the rest of the process: its heap, and a stack and a malloc arena for each
 * thread. A writer has more threads, and keeps changed pages in memory.
 */
const READER_REST_BYTES = 256 * 1024 * 1024;
const WRITER_REST_BYTES = 768 * 1024 * 1024;

/** Bytes of private memory for the rest of the process, where that is limited. */
const READER_DATA_BYTES = 96 * 1024 * 1024;
const WRITER_DATA_BYTES = 384 * 1024 * 1024;

/** Bytes by which a store may grow during one transaction. */
const GROWTH_BYTES = 64 * 1024 * 1024;

/** Descriptors that LMDB, and other readers of its files, have open at once. */
const DESCRIPTORS = 5;

/** Bytes of stack that LMDB's threads need. */
const STACK_BYTES = 128 * 1024;

/**
 * A limit suggested in a message is a multiple of this, plus one step: no two processes use the
 * same.
 */
const HINT_STEP_BYTES = 256 * 1024 * 1024;

/** A map's size is a multiple of this, in bytes. */
const MAP_UNIT_BYTES = 256 * 1024;

/**
 * Bytes of addresses that are assumed without a limit: half of 47 bits, since V8's memory splits
 * the rest into pieces too small for a map.
 */
const ADDRESSES_BYTES = 2 ** 46;

/** Throws `full` if threads have too little stack for LMDB. */
export function checkStack(path: string, { stack }: Limits): void {
  if (stack >= STACK_BYTES) return;
  const state = "the limit on a thread's stack is too low for it";
  throw new KvError('full', `cannot use store "${path}": ${state}`, {
    hint: `try: ulimit -s unlimited, or at least ulimit -s ${STACK_BYTES / 1024}`,
  });
}

/** Throws `full` if the process may have too little private memory to use a store. */
export function checkData(path: string, { data }: Limits, readOnly: boolean): void {
  if (data === Number.POSITIVE_INFINITY) return;
  const least = usedMemory().data + (readOnly ? READER_DATA_BYTES : WRITER_DATA_BYTES);
  if (data >= least) return;
  const state = "the limit on the process's data is too low for it";
  throw new KvError('full', `cannot use store "${path}": ${state}`, {
    hint: `try: ulimit -d unlimited, or at least ulimit -d ${advised(least)}`,
  });
}

/** Throws `busy` if LMDB could not open its files; `file` is one that can be opened. */
export function checkDescriptors(path: string, file: string, { descriptors }: Limits): void {
  const held: number[] = [];
  try {
    do held.push(openSync(file, 'r'));
    while (held[0]! + 2 * DESCRIPTORS > descriptors && held.length < DESCRIPTORS);
  } catch (error) {
    const failure = ioError(`open store "${path}"`, error);
    if ((error as NodeJS.ErrnoException).code !== 'EMFILE') throw failure;
    // Without a descriptor left, the limit itself cannot be read.
    if (descriptors === Number.POSITIVE_INFINITY) throw failure;
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

/** The addresses to which LMDB may map a store's file, under a limit. */
export class AddressSpace {
  readonly #path: string;
  readonly #limit: number;
  /** Bytes that are not for maps. */
  readonly #taken: number;
  /** Bytes left for maps. LMDB keeps the old maps when it makes a larger one. */
  #left: number;
  /** Bytes of the newest map. */
  #mapped = 0;

  /** Bytes of the newest map behind the store's end, at the beginning of a transaction. */
  #room = 0;
  /** Bytes of records that the transaction has written. */
  #written = 0;

  private constructor(path: string, limit: number, rest: number) {
    this.#path = path;
    this.#limit = limit;
    this.#taken = usedMemory().addresses + rest;
    this.#left = limit - this.#taken;
  }

  /** Undefined if there is room for any store. */
  static of(path: string, { addresses }: Limits, readOnly: boolean): AddressSpace | undefined {
    const limit = Math.min(addresses, ADDRESSES_BYTES);
    // A process with many open stores runs out of addresses even without a limit.
    if (limit - usedMemory().addresses >= 2 * STORE_LIMIT_BYTES) return undefined;
    return new AddressSpace(path, limit, readOnly ? READER_REST_BYTES : WRITER_REST_BYTES);
  }

  /** Bytes to map for a file of `size` bytes. Throws `full` if the limit is too low for it. */
  firstMap(size: number): number {
    const needed = size + GROWTH_BYTES;
    if (needed > this.#left) throw this.#tooLow(needed);
    // A quarter, so that LMDB can double it once; or everything, if a quarter would be too small.
    const quarter = this.#left / 4;
    this.#mapped = unitsIn(quarter >= needed ? quarter : this.#left);
    this.#left -= this.#mapped;
    return this.#mapped;
  }

  /**
   * To be called before a transaction; the store ends at `end` bytes. Throws `full` if it has
   * outgrown what can be mapped.
   */
  begin(end: number): void {
    this.#written = 0;
    const needed = end + GROWTH_BYTES;
    this.#room = this.#mapped - end;
    if (needed <= this.#mapped) return;
    // LMDB's own next size, when a transaction needs more.
    const larger = 2 * needed + MAP_UNIT_BYTES;
    // A quarter is mapped at first: see above.
    if (larger > this.#left) throw this.#tooLow(4 * needed);
    this.#left -= larger;
    this.#mapped = 2 * needed;
    this.#room = needed;
  }

  /** Throws `full` if the transaction would write more than can be kept in memory and mapped. */
  willWrite(bytes: number): void {
    this.#written += bytes;
    // Pages are not full, and each is also in memory until the commit.
    const needed = 2 * this.#written;
    if (needed > Math.max(GROWTH_BYTES, Math.min(this.#room, this.#left))) throw this.#tooLow();
  }

  /** `needed` bytes of maps would be enough; undefined if that is unknown. */
  #tooLow(needed?: number): KvError {
    if (this.#limit === ADDRESSES_BYTES) {
      const state = 'the process has no addresses left for it';
      return new KvError('full', `cannot use store "${this.#path}": ${state}`, {
        hint: 'try: close other stores that it has open',
      });
    }
    const least = `, or at least ulimit -v ${advised(this.#taken + (needed ?? 0))}`;
    return new KvError(
      'full',
      `cannot use store "${this.#path}": the limit on the process's addresses is too low for it`,
      { hint: `try: ulimit -v unlimited${needed === undefined ? '' : least}` },
    );
  }
}

/** Where so many bytes are needed: the limit to set, in KiB. */
function advised(bytes: number): number {
  return ((Math.ceil(bytes / HINT_STEP_BYTES) + 1) * HINT_STEP_BYTES) / 1024;
}

function unitsIn(bytes: number): number {
  return Math.floor(bytes / MAP_UNIT_BYTES) * MAP_UNIT_BYTES;
}
