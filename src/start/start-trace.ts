/** The time that each step of a start takes, which `KV_TRACE=start` prints on stderr at the end. */
import { writeSync } from 'node:fs';

const STDERR = 2;

export class StartTrace {
  readonly #lines: string[] = [];
  /** When the last step ended, in seconds since the process began. */
  #last = 0;

  /** Records the end of a step, which took the time since the one before. */
  reached(step: string): void {
    const now = process.uptime();
    this.#lines.push(`${milliseconds(now - this.#last)}  ${milliseconds(now)}  ${step}`);
    this.#last = now;
  }

  /** Adds a note to the last step. */
  note(text: string): void {
    this.#lines.push(`${' '.repeat(2 * COLUMN + 2)}  ${text}`);
  }

  /** Prints it, if stderr accepts it. */
  print(): void {
    const title = `${'ms'.padStart(COLUMN)}  ${'at ms'.padStart(COLUMN)}  kv: the start, step by step`;
    try {
      writeSync(STDERR, `${[title, ...this.#lines].join('\n')}\n`);
    } catch {
      // Nobody reads it.
    }
  }
}

/** Characters of a number. */
const COLUMN = 7;

function milliseconds(seconds: number): string {
  return (seconds * 1000).toFixed(1).padStart(COLUMN);
}
