/** wasi:clocks@0.2: the time, and pollables that become ready after a duration. */
import { Pollable } from '../io/poll.js';
import { sleep } from '../io/sleep.js';

const NANOSECONDS_PER_MILLISECOND = 1e6;

/** The `resolution` of the wall clock: a millisecond. */
const wallResolution = { seconds: 0n, nanoseconds: NANOSECONDS_PER_MILLISECOND };

/** The interfaces by name. `beforeWait` is called before a guest waits. */
export function wasiClocks(beforeWait: () => void) {
  const now = () => process.hrtime.bigint();
  return {
    'wasi:clocks/monotonic-clock': {
      now,
      resolution: () => 1n,
      subscribeInstant: (when: bigint) => alarm(when, now, beforeWait),
      subscribeDuration: (duration: bigint) => alarm(now() + duration, now, beforeWait),
    },
    'wasi:clocks/wall-clock': {
      now: () => {
        const milliseconds = Date.now();
        const seconds = Math.floor(milliseconds / 1000);
        const rest = milliseconds - seconds * 1000;
        return {
          seconds: BigInt(seconds),
          nanoseconds: rest * NANOSECONDS_PER_MILLISECOND,
        };
      },
      resolution: () => wallResolution,
    },
  };
}

/** Ready from an instant on, in nanoseconds of the monotonic clock. */
function alarm(when: bigint, now: () => bigint, beforeWait: () => void): Pollable {
  const left = () => Number(when - now()) / NANOSECONDS_PER_MILLISECOND;
  return new Pollable({
    ready: () => left() <= 0,
    wait(milliseconds) {
      beforeWait();
      const end = performance.now() + milliseconds;
      for (;;) {
        const longest = Math.min(left(), end - performance.now());
        if (longest <= 0) return;
        sleep(longest);
      }
    },
  });
}
