/**
 * What the limits on a process (`ulimit`) leave for LMDB. Where LMDB is refused addresses or a
 * descriptor while it opens a store, lmdb (3.5.6) frees what it then uses, and the process dies: so
 * they are looked at before. Nothing is known where there is no /proc, and then nothing is refused.
 */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { ioError, KvError } from '../../errors.js';
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

/** Bytes of a unit that a map's size is a multiple of. */
const MAP_UNIT_BYTES = 256 * 1024;

export interface Limits {
  /** The highest number of descriptors. */
  readonly descriptors: number;
  /** Bytes of addresses. */
  readonly addresses: number;
}

/** The limits on this process, each infinite where there is none. */
export function processLimits(): Limits {
  const table = quietly(() => readFileSync('/proc/self/limits', 'latin1')) ?? '';
  const of = (name: string) =>
    Number(new RegExp(`^${name} +(\\d+)`, 'm').exec(table)?.[1] ?? Number.POSITIVE_INFINITY);
  return { descriptors: of('Max open files'), addresses: of('Max address space') };
}

/** Throws `busy` where LMDB could not open its files; `file` is one that can be opened. */
export function checkDescriptors(path: string, file: string, { descriptors }: Limits): void {
  const held: number[] = [];
  try {
    do held.push(openSync(file, 'r'));
    while (held[0]! + 2 * DESCRIPTORS > descriptors && held.length < DESCRIPTORS);
  } catch (error) {
    throw ioError(`open store "${path}"`, error);
  } finally {
    for (const descriptor of held) closeSync(descriptor);
  }
}

/** The addresses that LMDB may map a store's file to, under a limit. */
export class AddressSpace {
  readonly #path: string;
  readonly #limit: number;
  /** Bytes that are left for maps. LMDB keeps the old ones when it makes a larger one. */
  #left: number;
  /** Bytes of the newest map. */
  #mapped = 0;

  /** Bytes of the newest map behind the store's end, when a transaction began. */
  #room = 0;

  private constructor(path: string, limit: number, rest: number) {
    this.#path = path;
    this.#limit = limit;
    this.#left = limit - usedAddresses() - rest;
  }

  /** Undefined where there is room for any store. */
  static of(path: string, { addresses }: Limits, readOnly: boolean): AddressSpace | undefined {
    if (addresses >= 2 * STORE_LIMIT_BYTES) return undefined;
    return new AddressSpace(path, addresses, readOnly ? READER_REST_BYTES : WRITER_REST_BYTES);
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

  /** Throws `full` where a store that ends at `end` bytes has outgrown what can be mapped. */
  check(end: number): void {
    const needed = end + GROWTH_BYTES;
    this.#room = this.#mapped - end;
    if (needed <= this.#mapped) return;
    // What LMDB maps instead, by itself, when a transaction needs it.
    const larger = 2 * needed + MAP_UNIT_BYTES;
    if (larger > this.#left) throw this.#tooLow(larger);
    this.#left -= larger;
    this.#mapped = 2 * needed;
    this.#room = needed;
  }

  /** Throws `full` for a transaction that has written more than can be held and mapped. */
  checkWritten(bytes: number): void {
    // Pages are not full, and each is held in memory as well until the commit.
    const needed = 2 * bytes;
    if (needed > Math.max(GROWTH_BYTES, Math.min(this.#room, this.#left)))
      throw this.#tooLow(8 * bytes);
  }

  #tooLow(needed: number): KvError {
    const kibibytes = Math.ceil((this.#limit - this.#left + needed) / 1024);
    return new KvError(
      'full',
      `cannot use store "${this.#path}": the limit on the process's addresses is too low for it`,
      { hint: `try: ulimit -v unlimited, or at least ulimit -v ${kibibytes}` },
    );
  }
}

/** Bytes of addresses that this process uses now. */
function usedAddresses(): number {
  const status = quietly(() => readFileSync('/proc/self/status', 'latin1')) ?? '';
  return Number(/^VmSize:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

function unitsIn(bytes: number): number {
  return Math.floor(bytes / MAP_UNIT_BYTES) * MAP_UNIT_BYTES;
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
