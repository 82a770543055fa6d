/** What tests draw at random: the same each time in the short form, which has to stay as it is. */
import { isFull } from './length.js';

/** In the full form another one each time, which is printed; KV_TEST_SEED gives one again. */
export const SEED = isFull ? Number(process.env.KV_TEST_SEED ?? Date.now() % 2 ** 32) : 1;
if (isFull) process.stdout.write(`KV_TEST_SEED=${SEED}\n`);

/** Draws numbers from 0 on and below 1; each stream has its own, so that lanes do not share them. */
export function randomNumbers(stream = 0): () => number {
  // Mulberry32, of T. Ettinger.
  let state = SEED + 0x9e3779b9 * stream;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
