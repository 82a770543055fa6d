/**
 * The table of readers in LMDB's lock file: a slot for each read transaction, with its process and
 * the number of the transaction whose state it reads.
 */

/** A slot in use. */
export interface ReaderPlace {
  readonly process: number;
  /** Undefined while nothing is read. */
  readonly transaction: number | undefined;
}

/**
 * The slots as lmdb lists them: after a heading, each with a process, a thread in hexadecimal, and
 * a number or `-`.
 */
export function placesListed(list: string): ReaderPlace[] {
  const lines = list.matchAll(/^ *(\d+) [\da-f]+ (-|\d+)$/gm);
  return [...lines].map(([, id, transaction]) => ({
    process: Number(id),
    transaction: transaction === '-' ? undefined : Number(transaction),
  }));
}

/** The oldest transaction whose state somebody reads; undefined if nobody reads. */
export function oldestRead(places: readonly ReaderPlace[]): number | undefined {
  const read = places.flatMap(({ transaction }) =>
    transaction === undefined ? [] : [transaction],
  );
  return read.length === 0 ? undefined : Math.min(...read);
}
