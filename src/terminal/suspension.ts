/** Stops the process at Ctrl-Z, after preparations. */
import { nextTurn } from './event-loop.js';

/**
 * How long a stop may take, in milliseconds. If no shell could continue the process, the system
 * ignores the signal without a sign.
 */
const STOP_MILLISECONDS = 50;

/** Preparations for a stop, for the whole process, as its signals are. */
const preparations = new Set<() => Promise<void>>();
let isStopping = false;

/**
 * Calls `prepare` each time before the process stops, until the returned function is called.
 * Meanwhile a stop waits until the event loop turns.
 */
export function beforeStops(prepare: () => Promise<void>): () => void {
  preparations.add(prepare);
  listen();
  return () => {
    preparations.delete(prepare);
    listen();
  };
}

/**
 * Stops the process, and resolves when it continues. Whoever reads keys in raw mode, where Ctrl-Z
 * is a key, restores the terminal before.
 */
export async function stopUntilContinued(): Promise<void> {
  isStopping = true;
  listen();
  // The newest first: a bar is removed before something is written in its place.
  for (const prepare of [...preparations].reverse()) await prepare();
  await new Promise<void>((resolve) => {
    // A listener for signals does not keep the process running; the timer does.
    const timer = setTimeout(resolve, STOP_MILLISECONDS);
    process.once('SIGCONT', () => {
      clearTimeout(timer);
      resolve();
    });
    // The whole group, as the terminal does: a shell may have started more than this process.
    process.kill(0, 'SIGTSTP');
    // It continues here, before anybody draws.
    refreshSize();
  });
  // If the timer was first, the signal is heard now.
  await nextTurn();
  isStopping = false;
  listen();
}

/** Makes the next stop signal wait for the preparations, if there are any. */
function listen(): void {
  process.off('SIGTSTP', stopUntilContinued);
  if (preparations.size > 0 && !isStopping) process.on('SIGTSTP', stopUntilContinued);
}

/**
 * Makes Node read the size of the terminal, which may have changed while the process was stopped.
 */
export function refreshSize(): void {
  process.emit('SIGWINCH', 'SIGWINCH');
}
