/**
 * The table of readers in LMDB's lock file: a place for each read transaction, with its process and the
 * number of the transaction whose state it reads.
 */

/** A place that is taken. */
export interface ReaderPlace {
  readonly process: number;
  /** Undefined while nothing is read. */
  readonly transaction: number | undefined;
}

/** The places as lmdb lists them: under a heading a process, a thread, in hexadecimal, and a number or `-`. */
export function placesListed(list: string): ReaderPlace[] {
  const lines = list.matchAll(/^ *(\d+) [\da-f]+ (-|\d+)$/gm);
  return [...lines].map(([, id, transaction]) => ({
    process: Number(id),
    transaction: transaction === '-' ? undefined : Number(transaction),
  }));
}

/** The oldest transaction whose state somebody reads; undefined where nobody reads. */
export function oldestRead(places: readonly ReaderPlace[]): number | undefined {
  const read = places.flatMap(({ transaction }) =>
    transaction === undefined ? [] : [transaction],
  );
  return read.length === 0 ? undefined : Math.min(...read);
}
