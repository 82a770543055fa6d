/** Whether what a piece of work costs grows with its input, and no faster. */
import { expect } from 'vitest';

/** How much larger the larger input is. */
const FACTOR = 8;

/** Quadratic work costs 64 times as much; a collection of garbage may well double what is linear. */
const RATIO_LIMIT = 24;

/** Runs of each size, of which the one in the middle counts. */
const RUNS = 3;

/** What is less than this is lost in the noise of the clock, in ms. */
const FLOOR_MS = 5;

/** Expects that the processor's time for `FACTOR` times the input is nowhere near its square. */
export async function expectLinear(work: (size: number) => unknown, size: number): Promise<void> {
  await work(size);
  const small = await medianOf(work, size);
  const large = await medianOf(work, FACTOR * size);
  expect(large / Math.max(small, FLOOR_MS)).toBeLessThan(RATIO_LIMIT);
}

/** The processor's time, in ms: others who want it do not count. */
async function medianOf(work: (size: number) => unknown, size: number): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const before = process.cpuUsage();
    await work(size);
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)]!;
}
