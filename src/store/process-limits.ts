/** The system's limits on this process (`ulimit`). */
import { readFileSync } from 'node:fs';

export interface Limits {
  /** The most descriptors. */
  readonly descriptors: number;
  /** Bytes of addresses. */
  readonly addresses: number;
  /** Bytes of memory that is its own and can be written. */
  readonly data: number;
  /** Bytes of a thread's stack. */
  readonly stack: number;
}

/** Each is infinite if there is no limit, or no /proc to read it from. */
export function processLimits(): Limits {
  const table = readTable();
  const of = (name: string) =>
    Number(new RegExp(`^${name} +(\\d+)`, 'm').exec(table)?.[1] ?? Number.POSITIVE_INFINITY);
  return {
    descriptors: of('Max open files'),
    addresses: of('Max address space'),
    data: of('Max data size'),
    stack: of('Max stack size'),
  };
}

/** What this process uses now of what its limits are on, in bytes; nothing where there is no /proc. */
export function usedMemory(): Pick<Limits, 'addresses' | 'data'> {
  try {
    const pages = readFileSync('/proc/self/statm', 'latin1').split(' ').map(Number);
    return { addresses: pages[0]! * PAGE_BYTES, data: pages[5]! * PAGE_BYTES };
  } catch {
    return { addresses: 0, data: 0 };
  }
}

/**
 * Bytes of a page of the system's memory, the least of today's: where pages are larger, less is
 * counted.
 */
const PAGE_BYTES = 4096;

function readTable(): string {
  try {
    return readFileSync('/proc/self/limits', 'latin1');
  } catch {
    return '';
  }
}
