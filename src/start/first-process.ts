/**
 * kv as the first process of a container. The system does not deliver to that process signals that
 * it does not handle, and no handler runs while a component computes, or a write waits for
 * another's lock. So the first process only starts kv once more, forwards signals to it, and ends
 * as it does, like `docker run --init`.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { inheritedDescriptors } from '../terminal/inherited-descriptors.js';

/**
 * The signals that end kv. The terminal sends those of its keys to both processes, so one may
 * arrive twice: see `interruptible`. The terminal also stops and continues both.
 */
const passedOn = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

/** Runs kv in a child process. Calls `runHere` if the system refuses to start one. */
export function runInChild(runHere: () => void): void {
  const words = [...process.execArgv, ...process.argv.slice(1)];
  const child = spawn(process.execPath, words, { argv0: process.argv0, stdio: inherited() });
  for (const signal of passedOn) process.on(signal, () => void child.kill(signal));
  child.once('error', runHere);
  child.once('exit', (status, signal) => {
    process.exitCode = status ?? 128 + constants.signals[signal!];
  });
}

/** All open descriptors, each under its own number. */
function inherited(): (number | 'ignore')[] {
  const open = new Set([0, 1, 2, ...inheritedDescriptors()]);
  return Array.from({ length: Math.max(...open) + 1 }, (_, at) => (open.has(at) ? at : 'ignore'));
}
