/** Whether what a piece of work costs grows with its input, and no faster. */
import { expect } from 'vitest';

/** How much larger the larger input is. */
const FACTOR = 8;

/** Quadratic work costs 64 times as much; a collection of garbage may well double what is linear. */
const RATIO_LIMIT = 24;

/** Tries: what else the process does may fall into one of them, but quadratic work fails in all. */
const TRIES = 3;

/** What is less than this is lost in the noise of the clock, in ms. */
const FLOOR_MS = 1;

/** How much larger than `size` an input becomes at most that is read in less than `FLOOR_MS`. */
const GROWTH_LIMIT = 64;

/**
 * Expects that the processor's time for `FACTOR` times the input is nowhere near its square. The input
 * is of `size`, or larger where that is too fast to be measured.
 */
export async function expectLinear(work: (size: number) => unknown, size: number): Promise<void> {
  const measured = await measurable(work, size);
  let ratio = Number.POSITIVE_INFINITY;
  for (let left = TRIES; left > 0 && ratio >= RATIO_LIMIT; left--) {
    const small = await timeOf(work, measured);
    ratio = (await timeOf(work, FACTOR * measured)) / Math.max(small, FLOOR_MS);
  }
  expect(ratio).toBeLessThan(RATIO_LIMIT);
}

/** A size whose work, which V8 has compiled by then, can be measured. */
async function measurable(work: (size: number) => unknown, size: number): Promise<number> {
  for (let tried = size; ; tried *= 2) {
    await work(tried);
    if (tried >= GROWTH_LIMIT * size || (await timeOf(work, tried)) >= FLOOR_MS) return tried;
  }
}

/** The processor's time, in ms: others who want it do not count. */
async function timeOf(work: (size: number) => unknown, size: number): Promise<number> {
  const before = process.cpuUsage();
  await work(size);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
