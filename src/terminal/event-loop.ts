/** Letting the event loop turn: only between two of its turns are signals heard and timers run. */

/** How long work may go on between two turns, in seconds: as long may a signal go unheard. */
const TURN_SECONDS = 0.02;

/** Resolves in the next turn, or after so many. */
export async function nextTurn(turns = 1): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * What work calls now and then, and awaits: the next turn where the last one is long ago, else nothing,
 * so that most calls make no promise. `take` takes the turn.
 */
export function turnWhenDue(take: () => Promise<void> = nextTurn): () => Promise<void> | undefined {
  // The process's own clock: `performance` loads 11 modules of Node.
  let last = process.uptime();
  const turn = async () => {
    await take();
    last = process.uptime();
  };
  return () => (process.uptime() - last < TURN_SECONDS ? undefined : turn());
}
