/** Letting the event loop turn: only between two of its turns are signals heard and timers run. */

/** How long work may go on between two turns, in ms: as long may a signal go unheard. */
const TURN_MS = 20;

/** Resolves in the next turn, or after so many. */
export async function nextTurn(turns = 1): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * What work calls now and then, and awaits: the next turn where the last one is long ago, else nothing,
 * so that most calls make no promise. `take` takes the turn.
 */
export function turnWhenDue(take: () => Promise<void> = nextTurn): () => Promise<void> | undefined {
  let last = performance.now();
  const turn = async () => {
    await take();
    last = performance.now();
  };
  return () => (performance.now() - last < TURN_MS ? undefined : turn());
}
