/** Turns a signal into an abort, for work that can be undone. */
import { KvError } from '../errors.js';

const endings = ['SIGTERM', 'SIGHUP', 'SIGUSR1'] as const;
const signals = ['SIGINT', ...endings] as const;

/** A second signal within this time counts as the same one. */
const SAME_MILLISECONDS = 250;

/** A KvError `interrupted` that knows its signal. */
class SignalError extends KvError {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super('interrupted', `stopped by ${signal}`);
    this.signal = signal;
  }
}

/**
 * See `Context.interruptible`. A second signal ends the process at once, unless it comes together
 * with the first: at Ctrl-C, a parent (npx, the first process of a container) forwards the signal
 * that the terminal has sent here as well.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  outlives?: 'Ctrl-C',
): Promise<T> {
  const heard = outlives === undefined ? signals : endings;
  const controller = new AbortController();
  const abort = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) return;
    setTimeout(release, SAME_MILLISECONDS).unref();
    controller.abort(new SignalError(signal));
  };
  const release = () => {
    for (const signal of heard) process.off(signal, abort);
  };
  for (const signal of heard) process.on(signal, abort);
  // A separate listener, since work inside has others. A signal with a listener does not end the
  // process.
  const ignore = () => {};
  if (outlives) process.on('SIGINT', ignore);
  try {
    return await work(controller.signal);
  } finally {
    release();
    process.off('SIGINT', ignore);
  }
}

/**
 * Does work that blocks the event loop, during which no listener runs: any signal ends the process,
 * and Ctrl-Z stops it at once.
 */
export function endingAtSignals<T>(work: () => T): T {
  const unheard = [...signals, 'SIGTSTP'] as const;
  const heard = unheard.map((signal) => [signal, process.rawListeners(signal)] as const);
  for (const signal of unheard) process.removeAllListeners(signal);
  try {
    return work();
  } finally {
    for (const [signal, listeners] of heard) {
      for (const listener of listeners) process.on(signal, listener as NodeJS.SignalsListener);
    }
  }
}

/**
 * Ends the process by the signal that interrupted it, so that its parent knows: a shell stops its
 * loop, and reports 128 plus the signal's number. A more specific error has the signal's error as
 * its cause.
 */
export function endBySignal(error: KvError): void {
  let cause: unknown = error;
  while (cause instanceof Error && !(cause instanceof SignalError)) ({ cause } = cause);
  process.kill(process.pid, cause instanceof SignalError ? cause.signal : 'SIGINT');
}
