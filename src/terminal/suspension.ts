/** Stopping at Ctrl-Z, and what has to be done before it. */
import { nextTurn } from './event-loop.js';

/**
 * How long a stop may take, in milliseconds. Where no shell could continue the process, the system
 * ignores the signal, and gives no sign of that.
 */
const STOP_MILLISECONDS = 50;

/** What is done before the process stops; for all of the process, as its signals are. */
const preparations = new Set<() => Promise<void>>();
let isStopping = false;

/**
 * Does `prepare` each time before the process stops, until the function that is returned is called.
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
 * Stops the process, and resolves when it goes on. Whoever reads keys in raw mode, where Ctrl-Z is
 * one of them, restores the terminal before.
 */
export async function stopUntilContinued(): Promise<void> {
  isStopping = true;
  listen();
  // The newest first: a bar goes from the screen before something is written there.
  for (const prepare of [...preparations].reverse()) await prepare();
  await new Promise<void>((resolve) => {
    // A listener for signals does not keep the process running, and the timer does.
    const timer = setTimeout(resolve, STOP_MILLISECONDS);
    process.once('SIGCONT', () => {
      clearTimeout(timer);
      resolve();
    });
    // The group, as the terminal does: a shell may have started more than this process.
    process.kill(0, 'SIGTSTP');
    // It goes on here: before anybody draws.
    refreshSize();
  });
  // Where the timer was first, the signal is heard now.
  await nextTurn();
  isStopping = false;
  listen();
}

/** Has a signal wait for the preparations, once, where there are any; but for the one that stops. */
function listen(): void {
  process.off('SIGTSTP', stopUntilContinued);
  if (preparations.size > 0 && !isStopping) process.on('SIGTSTP', stopUntilContinued);
}

/**
 * Makes Node ask for the size of the terminal, which may have changed while the process was
 * stopped.
 */
export function refreshSize(): void {
  process.emit('SIGWINCH', 'SIGWINCH');
}
