/** Writes the keys of a listing to a pipe as bytes, without decoding them. */
import type { Context, StoredRecords } from '../context.js';
import { LineWriter } from './line-writer.js';

/**
 * Bytes in a block. The first block is written after `FIRST_KEYS` keys, so that a listing appears
 * at once.
 */
const BLOCK_BYTES = 64 * 1024;
const FIRST_KEYS = 100;

/** Bytes of the longest line: the longest key, with its escapes. */
const LONGEST_LINE_BYTES = 8 * 1024;

const BACKSLASH = 0x5c;
const FIRST_PLAIN = 0x20;

export class KeyWriter {
  readonly #context: Context;
  readonly #lines: LineWriter;
  readonly #ending: number;
  /** Undefined where keys have to be decoded. */
  readonly #block: Buffer | undefined;
  #length = 0;
  #keys = 0;

  /**
   * Keys end with a newline, and what would break their line is escaped; or they end with a NUL.
   */
  constructor(context: Context, ending: '\n' | '\0') {
    this.#context = context;
    this.#lines = new LineWriter(context, ending);
    this.#ending = ending.charCodeAt(0);
    const { settings, terminal } = context;
    const isPlain = !settings.json && !terminal.stdout.isTerminal;
    this.#block = isPlain ? Buffer.allocUnsafe(BLOCK_BYTES + LONGEST_LINE_BYTES) : undefined;
  }

  /** The number of keys written so far. */
  get keys(): number {
    return this.#keys;
  }

  async write(records: StoredRecords, positions: readonly number[]): Promise<void> {
    const block = this.#block;
    for (let next = 0; next < positions.length; ) {
      if (block === undefined) {
        this.#keys++;
        await this.#lines.writeKey(records.key(positions[next++]!));
      } else {
        next = this.#copyKeys(block, records, positions, next);
        if (this.#isDue) await this.end();
      }
    }
  }

  /** Writes the rest. */
  async end(): Promise<void> {
    await this.#lines.end();
    if (this.#block === undefined || this.#length === 0) return;
    const length = this.#length;
    this.#length = 0;
    await this.#context.terminal.stdout.write(this.#block.subarray(0, length));
  }

  get #isDue(): boolean {
    return this.#length >= BLOCK_BYTES || this.#keys === FIRST_KEYS;
  }

  /** Copies keys until the block is full. Returns the position of the next key. */
  #copyKeys(
    block: Buffer,
    records: StoredRecords,
    positions: readonly number[],
    first: number,
  ): number {
    let next = first;
    do {
      this.#keys++;
      this.#length = this.#copyKey(block, records, positions[next++]!, this.#length);
    } while (next < positions.length && !this.#isDue);
    return next;
  }

  /** Returns the position in the block behind the key and its ending. */
  #copyKey(block: Buffer, records: StoredRecords, position: number, begin: number): number {
    const { bytes, places } = records;
    const end = places[4 * position + 1]!;
    // Bytes below this, and the backslash, are escaped, unless keys end with a NUL.
    const firstPlain = this.#ending === 0 ? 0 : FIRST_PLAIN;
    let to = begin;
    for (let from = places[4 * position]!; from < end; from++) {
      const byte = bytes[from]!;
      if (byte < firstPlain || (byte === BACKSLASH && firstPlain > 0)) {
        to = begin + block.write(this.#lines.keyText(records.key(position)), begin);
        break;
      }
      block[to++] = byte;
    }
    block[to] = this.#ending;
    return to + 1;
  }
}
