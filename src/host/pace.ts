/**
 * Writes of a guest at a pace: writes that are due are committed at its next call, and before
 * anything that waits, so that other writers are not delayed meanwhile.
 */
import type { Readiness } from '../io/poll.js';
import type { SharedWrites } from '../keyvalue/index.js';
import type { HostFunction } from './host-functions.js';
import type { StandardEnds } from './wasi-cli.js';

/** The calls of a guest whose writes share transactions. */
export class PacedCalls {
  readonly #shared: SharedWrites;
  #isInCall = false;

  constructor(shared: SharedWrites) {
    this.#shared = shared;
  }

  /** Commits the writes that are due. To be called before each call. Throws as `settleIfDue`. */
  begin(): void {
    this.#shared.settleIfDue();
  }

  /** The function, of which a stop inside it is known. */
  guard(call: HostFunction): HostFunction {
    return (...parameters) => {
      this.#isInCall = true;
      try {
        return call(...parameters);
      } finally {
        // Not set if V8 has stopped the call.
        this.#isInCall = false;
      }
    };
  }

  /**
   * Whether a transaction is open that was stopped inside a call, and can be neither committed nor
   * undone.
   */
  get isStuck(): boolean {
    return this.#shared.isOpen && this.#isInCall;
  }
}

/** The same streams; `beforeWait` is called before one makes the guest wait. */
export function settlingEnds(ends: StandardEnds, beforeWait: () => void): StandardEnds {
  const { stdin, stdout, stderr, isTerminal } = ends;
  return {
    stdin: {
      read: (length) => stdin.read(length),
      get ended() {
        return stdin.ended;
      },
      ...(stdin.readiness && { readiness: settlingReadiness(stdin.readiness, beforeWait) }),
    },
    stdout: settlingSink(stdout, isTerminal.stdout, beforeWait),
    stderr: settlingSink(stderr, isTerminal.stderr, beforeWait),
    isTerminal,
    drain: () => ends.drain(),
  };
}

/** A terminal's output can be stopped by a person. */
function settlingSink(
  sink: StandardEnds['stdout'],
  isTerminal: boolean,
  beforeWait: () => void,
): StandardEnds['stdout'] {
  return {
    ...(sink.permit && { permit: () => sink.permit!() }),
    write(bytes) {
      if (isTerminal) beforeWait();
      sink.write(bytes);
    },
    flush: () => sink.flush?.(),
    ...(sink.readiness && { readiness: settlingReadiness(sink.readiness, beforeWait) }),
  };
}

function settlingReadiness(readiness: Readiness, beforeWait: () => void): Readiness {
  return {
    ready: () => readiness.ready(),
    wait(milliseconds) {
      beforeWait();
      readiness.wait(milliseconds);
    },
  };
}
