/**
 * The report of an export to a folder: what happens to each key, which keys cannot be file names,
 * and the totals.
 */
import { report } from '../answers/answer.js';
import { LineWriter } from '../answers/line-writer.js';
import type { Context } from '../context.js';
import { quoted } from '../formats/format.js';
import { fittedMessage } from '../terminal/fitted-message.js';
import { counted, humanSize } from '../terminal/quantities.js';
import { visibleJson, visibleMessage } from '../terminal/visible.js';
import { unkeptExpiry } from './export-run.js';

/** How many of the keys that cannot be file names are shown on stderr. */
const REMARK_LIMIT = 20;

const marks = { added: '+', deleted: '-', changed: '~' } as const;

export class FilesExportReport {
  written = 0;
  unchanged = 0;
  deleted = 0;
  rejected = 0;
  /** Records whose expiry the files do not keep. */
  expiring = 0;
  /** Bytes written. */
  bytes = 0;
  readonly #context: Context;
  readonly #lines: LineWriter;

  constructor(context: Context) {
    this.#context = context;
    this.#lines = new LineWriter(context);
  }

  /** Counts a key that cannot be a file name, and shows it on stderr. */
  async reject(key: string, reason: string): Promise<void> {
    const { settings, terminal } = this.#context;
    this.rejected++;
    if (settings.quiet || this.rejected > REMARK_LIMIT) return;
    const line = visibleMessage(`cannot export ${quoted(key)}: ${reason}`);
    await terminal.stderr.write(`${fittedMessage(line, terminal.stderr)}\n`);
  }

  /** Prints what a dry run would do. */
  async line(change: keyof typeof marks, key: string, size?: number): Promise<void> {
    const text = this.#context.settings.json
      ? visibleJson({ change, key, ...(size !== undefined && { size }) })
      : `${marks[change]} ${this.#lines.keyText(key)}`;
    await this.#lines.write(text);
  }

  /** Prints the buffered lines. */
  async endLines(): Promise<void> {
    await this.#lines.end();
  }

  /** Reports the totals; a dry run has shown its changes line by line. */
  async end(context: Context, path: string, dryRun: boolean): Promise<void> {
    const { written, unchanged, deleted, rejected, expiring, bytes } = this;
    if (expiring > 0) await context.terminal.stderr.write(unkeptExpiry(expiring));
    if (dryRun) return;
    const others = [
      unchanged > 0 && `${unchanged} were the same`,
      deleted > 0 && `deleted ${deleted}`,
      rejected > 0 && `rejected ${rejected}`,
    ].filter((text) => text !== false);
    const remark = [`wrote ${counted(written, 'file')}, ${humanSize(bytes)}`, ...others].join('; ');
    await report(context, { path, written, unchanged, deleted, rejected, bytes }, remark);
  }
}
