/** Where the time of a start goes: what `KV_TRACE=start` prints on stderr when kv ends. */
import { writeSync } from 'node:fs';

const STDERR = 2;

export class StartTrace {
  readonly #lines: string[] = [];
  /** When the last step ended, in seconds since the process began. */
  #last = 0;

  /** Notes that a step is over, which took the time since the one before. */
  reached(step: string): void {
    const now = process.uptime();
    this.#lines.push(`${milliseconds(now - this.#last)}  ${milliseconds(now)}  ${step}`);
    this.#last = now;
  }

  /** Adds to what the last step says. */
  note(text: string): void {
    this.#lines.push(`${' '.repeat(2 * COLUMN + 2)}  ${text}`);
  }

  /** Writes it, where stderr takes it. */
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
