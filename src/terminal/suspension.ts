/** Stopping at Ctrl-Z: a program that reads keys in raw mode has to stop itself. */
import { nextTurn } from './event-loop.js';

/**
 * How long a stop may take, in milliseconds. Where no shell could continue the process, the system
 * ignores the signal, and gives no sign of that.
 */
const STOP_MILLISECONDS = 50;

/**
 * Does `before` each time that the process is about to stop, until the function that is returned is
 * called. Where the event loop is blocked, the process stops once it turns. Keys that are read in raw
 * mode have their own way to stop: see RawInput.
 */
export function beforeStops(before: () => Promise<void>): () => void {
  let isOver = false;
  const onStop = async () => {
    process.off('SIGTSTP', onStop);
    await before();
    await stopUntilContinued();
    if (!isOver) process.on('SIGTSTP', onStop);
  };
  process.on('SIGTSTP', onStop);
  return () => {
    isOver = true;
    process.off('SIGTSTP', onStop);
  };
}

/** Stops the process, and resolves when it goes on. The caller restores the terminal before. */
export async function stopUntilContinued(): Promise<void> {
  await new Promise<void>((resolve) => {
    // A listener for signals does not keep the process running, and the timer does.
    const timer = setTimeout(resolve, STOP_MILLISECONDS);
    process.once('SIGCONT', () => {
      clearTimeout(timer);
      resolve();
    });
    // The group, as the terminal does: a shell may have started more than this process.
    process.kill(0, 'SIGTSTP');
  });
  // Where the timer was first, the signal is heard now.
  await nextTurn();
}
