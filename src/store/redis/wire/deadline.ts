import type { Milliseconds } from '../../record.js';
import type { Connection } from './server.js';

/** Waiting has ended. */
export class Late extends Error {}

/** The longest timer of Node. */
const LONGEST_TIMER_MS: Milliseconds = 2 ** 31 - 1;

/**
 * The outcome of `work`, or a rejection at `end` on the process's clock; then the connection that
 * does not answer is closed, and what was sent on it is lost.
 */
export async function before<T>(
  end: Milliseconds,
  work: Promise<T>,
  connection?: Connection,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => {
        reject(new Late('it does not answer'));
        connection?.close();
      },
      Math.max(0, Math.min(end - performance.now(), LONGEST_TIMER_MS)),
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
