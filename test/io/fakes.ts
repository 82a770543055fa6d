/** Hand-made ends of streams, which do what a test says and remember what was asked of them. */
import type { Source } from '../../src/io/input-stream.js';
import type { Sink } from '../../src/io/output-stream.js';
import type { Readiness } from '../../src/io/poll.js';

/** What was thrown, whatever it is. */
export function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('nothing was thrown');
}

/** An event that happens at the wait of that number. */
export class FakeReadiness implements Readiness {
  readonly waits: number[] = [];
  readonly #waitsNeeded: number;

  constructor(waitsNeeded: number) {
    this.#waitsNeeded = waitsNeeded;
  }

  ready(): boolean {
    return this.waits.length >= this.#waitsNeeded;
  }

  wait(milliseconds: number): void {
    this.waits.push(milliseconds);
  }
}

/** Gives what `steps` say, one at each read: bytes, an end, or a failure. */
export class FakeSource implements Source {
  readonly asked: number[] = [];
  readonly #steps: (string | undefined | Error)[];
  readonly readiness: Readiness;
  ended = false;
  closed = 0;

  constructor(steps: (string | undefined | Error)[], readiness: Readiness = new FakeReadiness(0)) {
    this.#steps = steps;
    this.readiness = readiness;
  }

  read(length: number): Uint8Array | undefined {
    this.asked.push(length);
    const step = this.#steps.shift();
    if (step instanceof Error) throw step;
    return step === undefined ? undefined : Buffer.from(step);
  }

  close(): void {
    this.closed++;
  }
}

/** Takes what its permits allow: one of the list at each question, then the last for ever. */
export class FakeSink implements Sink {
  readonly written: string[] = [];
  readonly #permits: number[];
  readonly waits: number[] = [];
  readonly readiness: Readiness = {
    ready: () => this.#permits[0]! > 0,
    wait: (milliseconds) => {
      this.waits.push(milliseconds);
    },
  };
  flushes = 0;
  closed = 0;
  failure: { readonly at: 'permit' | 'write' | 'flush'; readonly with: unknown } | undefined;

  constructor(...permits: number[]) {
    this.#permits = permits;
  }

  permit(): number {
    this.#failAt('permit');
    return this.#permits.length > 1 ? this.#permits.shift()! : this.#permits[0]!;
  }

  write(bytes: Uint8Array): void {
    this.#failAt('write');
    this.written.push(Buffer.from(bytes).toString('latin1'));
  }

  flush(): void {
    this.#failAt('flush');
    this.flushes++;
  }

  close(): void {
    this.closed++;
  }

  #failAt(place: string): void {
    if (this.failure?.at === place) throw this.failure.with;
  }
}
