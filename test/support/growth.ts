/** Whether what a piece of work costs grows with its input, and no faster. */
import { expect } from 'vitest';

/** How much larger the larger input is. */
const FACTOR = 8;

/** Quadratic work costs 64 times as much; a collection of garbage may well double what is linear. */
const RATIO_LIMIT = 24;

/**
 * Tries, of which the best count for either size: what else the process does, such as collecting
 * garbage, makes some of them slower, and quadratic work is slow in all.
 */
const TRIES = 12;

/** How often a size is tried to see whether its work can be measured. */
const MEASURABLE_TRIES = 3;

/** What is less than this is lost in the noise of the clock, in ms. */
const FLOOR_MS = 1;

/** How much larger than `size` an input becomes at most that is read in less than `FLOOR_MS`. */
const GROWTH_LIMIT = 64;

/**
 * Expects that the processor's time for `FACTOR` times the input is nowhere near its square. The input
 * is of `size`, or larger where that is too fast to be measured.
 */
export async function expectLinear(work: (size: number) => unknown, size: number): Promise<void> {
  let { measured, best: small } = await measurable(work, size);
  let large = Number.POSITIVE_INFINITY;
  const ratio = () => large / Math.max(small, FLOOR_MS);
  for (let left = TRIES; left > 0 && !(ratio() < RATIO_LIMIT); left--) {
    small = Math.min(small, await timeOf(work, measured));
    large = Math.min(large, await timeOf(work, FACTOR * measured));
  }
  expect(ratio()).toBeLessThan(RATIO_LIMIT);
}

/** A size whose work, which V8 has compiled by then, can be measured, and the best of its tries, in ms. */
async function measurable(
  work: (size: number) => unknown,
  size: number,
): Promise<{ measured: number; best: number }> {
  for (let tried = size; ; tried *= 2) {
    await work(tried);
    let best = Number.POSITIVE_INFINITY;
    for (let left = MEASURABLE_TRIES; left > 0; left--) {
      best = Math.min(best, await timeOf(work, tried));
    }
    if (tried >= GROWTH_LIMIT * size || best >= FLOOR_MS) return { measured: tried, best };
  }
}

/** The processor's time, in ms: others who want it do not count. */
async function timeOf(work: (size: number) => unknown, size: number): Promise<number> {
  const before = process.cpuUsage();
  await work(size);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
