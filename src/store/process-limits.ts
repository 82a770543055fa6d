/** The limits that the system sets on this process (`ulimit`). */
import { readFileSync } from 'node:fs';

export interface Limits {
  /** The highest number of descriptors. */
  readonly descriptors: number;
  /** Bytes of addresses. */
  readonly addresses: number;
  /** Bytes of a thread's stack. */
  readonly stack: number;
}

/** Each is infinite where there is none, and where there is no /proc to tell it. */
export function processLimits(): Limits {
  const table = readTable();
  const of = (name: string) =>
    Number(new RegExp(`^${name} +(\\d+)`, 'm').exec(table)?.[1] ?? Number.POSITIVE_INFINITY);
  return {
    descriptors: of('Max open files'),
    addresses: of('Max address space'),
    stack: of('Max stack size'),
  };
}

function readTable(): string {
  try {
    return readFileSync('/proc/self/limits', 'latin1');
  } catch {
    return '';
  }
}
