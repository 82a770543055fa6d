/** The records that an import rejects: where they stood, how they are reported and kept. */
import type { Context } from '../context.js';
import type { AnyFormat } from '../formats/format.js';
import { fittedMessage } from '../terminal/fitted-message.js';
import type { Output } from '../terminal/terminal.js';
import { visibleInJson, visibleMessage } from '../terminal/visible.js';
import type { ImportOptions } from './import-options.js';
import { RecordPlaces } from './record-places.js';
import { keyOfJson, type Place, placed, type Rejected, Rejection } from './rejection.js';

/** How many skipped records are shown on stderr. */
const REMARK_LIMIT = 20;

/** What is known of a rejected record. */
interface About {
  readonly key?: string | undefined;
  /** The record as it stood in the input. */
  readonly raw?: Uint8Array;
  /** Its form in the file of rejected records. */
  readonly kept?: Rejected | undefined;
}

export class Rejections {
  count = 0;
  readonly #context: Context;
  readonly #options: ImportOptions;
  readonly #counts: AnyFormat['counts'];
  /** Of a format that counts records. */
  readonly #places: RecordPlaces | undefined;
  /** Lines for the file of rejected records, not written yet. */
  #lines: { readonly at: number; readonly line: string }[] = [];
  /** Lines for stderr, not written yet. */
  readonly #remarks: string[] = [];

  constructor(context: Context, options: ImportOptions, counts: AnyFormat['counts']) {
    this.#context = context;
    this.#options = options;
    this.#counts = counts;
    this.#places = counts === 'record' ? new RecordPlaces() : undefined;
  }

  /** Adds the place of the next record, for a format that counts records. */
  place(line: number, column: number): void {
    this.#places?.add(line, column);
  }

  /** Forgets the places of the records up to and including that one. */
  forget(record: number): void {
    this.#places?.forget(record);
  }

  /** Rejects the record with the number `at`. Throws a Rejection if that ends the import. */
  add(at: number, reason: string, about: About): void {
    this.count++;
    const { name, onError, rejectsFile } = this.#options;
    const place: Place = this.#placeOf(at);
    const { line, column } = place;
    if (rejectsFile !== undefined) {
      const number = place.record;
      const rejected = { file: name, line, column, number, reason, ...about.kept };
      this.#lines.push({ at, line: `${JSON.stringify(rejected)}\n` });
    }
    const isTold = onError === 'stop' || (rejectsFile === undefined && this.count <= REMARK_LIMIT);
    if (!isTold) return;
    const key = about.key ?? (this.#places && about.raw ? keyOfJson(about.raw) : undefined);
    if (onError === 'stop') throw new Rejection(at, place, reason, { key, raw: about.raw });
    this.#remarks.push(placed(name, place, key, reason));
  }

  #placeOf(at: number): Place {
    if (this.#counts === 'file') return { file: at };
    return this.#places ? { ...this.#places.of(at), record: at } : { line: at };
  }

  /**
   * Writes the rejected records up to `through` that have come since the last time, in the order of
   * the input, and reports them on stderr.
   */
  async write(output: Output | undefined, through = Number.POSITIVE_INFINITY): Promise<void> {
    const due = this.#lines.filter(({ at }) => at <= through);
    if (due.length > 0) this.#lines = this.#lines.filter(({ at }) => at > through);
    const lines = due.sort((a, b) => a.at - b.at).map(({ line }) => line);
    if (output && lines.length > 0) {
      const shown = output.isTerminal ? lines.map(visibleLineOfJson) : lines;
      await output.write(shown.join(''));
    }
    const { settings, terminal } = this.#context;
    for (const remark of this.#remarks.splice(0)) {
      if (settings.quiet) continue;
      const line = fittedMessage(visibleMessage(remark), terminal.stderr);
      await terminal.stderr.write(`${line}\n`);
    }
  }
}

function visibleLineOfJson(line: string): string {
  return `${visibleInJson(line.trimEnd())}\n`;
}
