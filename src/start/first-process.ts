/**
 * kv as the first process of a container. The system spares that one every signal that it does not
 * listen to, and nothing listens while a component computes, or while a write waits for another's lock.
 * So the first process only starts kv once more, hands signals on to it, and ends as it does, as
 * `docker run --init` has it done.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { inheritedDescriptors } from '../terminal/inherited-descriptors.js';

/**
 * Those that end kv. The terminal sends those of its keys to both processes, so that one may come twice:
 * see `interruptible`. It stops and continues both by itself.
 */
const passedOn = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

/** Runs kv in a process of its own. Calls `runHere` where the system refuses to start one. */
export function runInChild(runHere: () => void): void {
  const words = [...process.execArgv, ...process.argv.slice(1)];
  const child = spawn(process.execPath, words, { argv0: process.argv0, stdio: inherited() });
  for (const signal of passedOn) process.on(signal, () => void child.kill(signal));
  child.once('error', runHere);
  child.once('exit', (status, signal) => {
    process.exitCode = status ?? 128 + constants.signals[signal!];
  });
}

/** All that is open, each by its own number. */
function inherited(): (number | 'ignore')[] {
  const open = new Set([0, 1, 2, ...inheritedDescriptors()]);
  return Array.from({ length: Math.max(...open) + 1 }, (_, at) => (open.has(at) ? at : 'ignore'));
}
