/**
 * Some tests have a short form and a full one. `npm run test:full` and `npm run test:fault` run the full ones,
 * and with KV_TEST_PART=2/5 the second of five parts of them, about as long each.
 */
export const isFull = process.env.KV_TEST_FULL === '1';

const [part, parts] = (process.env.KV_TEST_PART ?? '1/1').split('/').map(Number) as [
  number,
  number,
];

/** How many of something that is made at random: in the full form, what one part of it has. */
export function howMany(short: number, full: number): number {
  return isFull ? Math.ceil(full / parts) : short;
}

/** Those of a list that belong to the part of the full form. */
export function partOf<T>(all: readonly T[]): T[] {
  return all.filter((_, index) => !isFull || index % parts === part - 1);
}

/** How long a test with many processes may take in ms, on a machine that is busy: one that hangs ends then. */
export const LONG_MS = isFull ? 10_800_000 : 600_000;
