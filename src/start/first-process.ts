/**
 * kv as the first process of a container. The system does not deliver to that process signals that
 * it does not handle, and no handler runs while a component computes, or a write waits for
 * another's lock. So the first process only starts kv once more, forwards signals to it, and ends
 * as it does, like `docker run --init`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { inheritedDescriptors } from '../terminal/inherited-descriptors.js';
import { RESTART_SIGNAL, RESTARTS } from './launch.js';

/**
 * The signals that end kv. The terminal sends those of its keys to both processes, so one may
 * arrive twice: see `interruptible`. The terminal also stops and continues both.
 */
const passedOn = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

/** How often kv is started anew at most: so many containers may have a store open, with one more it waits. */
const RESTART_LIMIT = 64;

/**
 * Runs kv in a process of its own. Calls `runHere` where the system refuses to start one. In each container that
 * one gets the same id, and two processes with one id cannot have a store open at once: so where it ends by
 * `RESTART_SIGNAL`, before it has read or written anything, it is started anew, and gets the next id.
 */
export function runInChild(runHere: () => void): void {
  const words = [...process.execArgv, ...process.argv.slice(1)];
  let child: ChildProcess;
  const start = (restarts: number) => {
    child = spawn(process.execPath, words, {
      argv0: process.argv0,
      stdio: inherited(),
      env: { ...process.env, [RESTARTS]: `${restarts}` },
    });
    child.once('error', runHere);
    child.once('exit', (status, signal) => {
      if (signal === RESTART_SIGNAL && restarts > 0) start(restarts - 1);
      else process.exitCode = status ?? 128 + constants.signals[signal!];
    });
  };
  start(RESTART_LIMIT);
  for (const signal of passedOn) process.on(signal, () => void child.kill(signal));
}

/** All open descriptors, each under its own number. */
function inherited(): (number | 'ignore')[] {
  const open = new Set([0, 1, 2, ...inheritedDescriptors()]);
  return Array.from({ length: Math.max(...open) + 1 }, (_, at) => (open.has(at) ? at : 'ignore'));
}
