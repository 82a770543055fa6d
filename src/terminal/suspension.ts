/** Stopping as Ctrl-Z has a program stop, which one that reads keys has to do for itself. */
import { nextTurn } from './event-loop.js';

/**
 * How long a stop may take to come about, in milliseconds. Where nobody could have the process go
 * on, the system ignores it, and nothing else tells.
 */
const STOP_MILLISECONDS = 50;

/** Stops the process, and resolves when it goes on. The terminal is to be left in order before. */
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
