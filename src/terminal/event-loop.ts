/** Turns the event loop: only between two turns are signals heard and timers run. */

/** How long work may continue between two turns, in seconds: a signal may go unheard as long. */
const TURN_SECONDS = 0.02;

/** Resolves in the next turn, or after several. */
export async function nextTurn(turns = 1): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * Called now and then, and awaited, by long work: takes a turn if the last one was long ago,
 * otherwise returns undefined, so that most calls make no promise. `take` takes the turn.
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
