/** What an import leaves behind in each mode, during it and when it ends early. */
import type { Context } from '../context.js';
import { asKvError, type ErrorDetails, KvError } from '../errors.js';
import { type AnyFormat, FormatError, type Remedy } from '../formats/format.js';
import { type FormatName, formatOfFile } from '../formats/index.js';
import { quoteWord } from '../line/quotes.js';
import { fittedHint } from '../terminal/fitted-message.js';
import { ownRow } from '../terminal/own-row.js';
import { counted, humanSize } from '../terminal/quantities.js';
import { visibleMessage } from '../terminal/visible.js';
import type { ImportOptions } from './import-options.js';
import type { ImportSink } from './import-sink.js';
import { placed, placeOf, Rejection } from './rejection.js';

export class ImportEnding {
  readonly #context: Context;
  readonly #options: ImportOptions;
  readonly #sink: ImportSink;
  readonly #format: AnyFormat;
  /** Whether it is part of the transaction of a script or a session. */
  readonly #isPart: boolean;

  constructor(
    context: Context,
    options: ImportOptions,
    sink: ImportSink,
    { format, isPart }: { format: AnyFormat; isPart: boolean },
  ) {
    this.#context = context;
    this.#options = options;
    this.#sink = sink;
    this.#format = format;
    this.#isPart = isPart;
  }

  /** The remark beside the progress bar: what an import that was killed now would leave. */
  get remark(): string {
    const records = counted(this.#sink.read, 'record');
    const { dryRun, atomic, mode } = this.#options;
    if (dryRun) return `${records} checked`;
    if (mode === 'replace') return `${records} read, stored at the end`;
    if (this.#isPart) return `${records} read, stored with the transaction`;
    if (atomic) return `${records} read, stored at the end`;
    const { borrowed } = this.#sink.load;
    const sorting = borrowed && `, sorting ${humanSize(borrowed.bytes)} in ${borrowed.folder}`;
    const stored =
      this.#through > 0
        ? `stored through ${this.#format.counts} ${this.#through}`
        : 'nothing stored yet';
    return `${stored}${sorting ?? ''}`;
  }

  /** The error that ends an import, with what stays and how to continue. */
  async error(thrown: unknown): Promise<KvError> {
    const { name, format } = this.#options;
    if (thrown instanceof Rejection) {
      const message = placed(name, thrown.place, thrown.key, thrown.message);
      const isFirst = this.#sink.load.written === 0 && this.#options.skip === 0;
      const { readOptions } = this.#options;
      const raw = thrown.raw ?? Buffer.alloc(0);
      const remedy = isFirst ? this.#format.remedy?.(raw, readOptions) : undefined;
      const help = remedy && inWords(remedy, name, format);
      return new KvError('rejected', message, this.#state(false, help));
    }
    if (thrown instanceof FormatError) {
      const message = placed(name, placeOf(thrown), undefined, thrown.message);
      // For `users.csv.gz` the inner name tells the format.
      const inner = formatOfFile(name.replace(/\.[^.]*$/, '')) ?? format;
      const help = inWords(thrown.more, name, inner);
      return new KvError('rejected', message, this.#state(!this.#sink.hasBegun, help));
    }
    const error = asKvError(thrown);
    const details = { ...this.#state(false, error.hint), cause: error.cause ?? error };
    const ending = new KvError(error.code, error.message, details);
    if (error.code !== 'interrupted') return ending;
    // It ends the process by its signal, without a message of its own.
    const { stderr } = this.#context.terminal;
    const words = fittedHint(visibleMessage(ending.secondLine), stderr);
    await stderr.write(`${ownRow(stderr)}${words}\n`);
    return error;
  }

  get #through(): number {
    return Math.max(this.#options.skip, this.#sink.load.committedThrough);
  }

  /** What stays of it, and how to continue. A fault in a header cannot be skipped. */
  #state(isInHeader: boolean, help: string | undefined): ErrorDetails {
    const { skip } = this.#options;
    const through = this.#sink.load.written > 0 ? this.#through : skip;
    const resumes = this.#isLasting && through > 0 && !isInHeader;
    const ways = [resumes ? `resume with --skip ${through}` : undefined, help];
    const hint = ways.filter((way) => way !== undefined).join('; ');
    return { result: this.#result, hint: hint === '' ? undefined : hint };
  }

  /** Whether stored records stay when it ends early. */
  get #isLasting(): boolean {
    const { dryRun, atomic, mode } = this.#options;
    return !(dryRun || atomic || mode === 'replace' || this.#isPart);
  }

  get #result(): string {
    const { dryRun, mode, skip } = this.#options;
    if (dryRun) return 'nothing was to be changed';
    if (mode === 'replace') return 'nothing was changed';
    // Within a transaction nothing is undone by itself, even with --atomic.
    if (this.#isPart) return 'what came before it is a part of the transaction';
    if (!this.#isLasting) return 'nothing was changed';
    const { written, isBetween } = this.#sink.load;
    if (written > 0) {
      const more = isBetween ? ', and some of what follows' : '';
      return `committed through ${this.#format.counts} ${this.#through}${more}`;
    }
    if (isBetween) return 'some of it was stored';
    return skip === 0 ? 'nothing was stored' : 'nothing more was stored';
  }
}

/** What to do about an input that cannot be read as it is. */
function inWords({ filter, hint }: Remedy, name: string, format: FormatName): string | undefined {
  if (filter === undefined) return hint;
  const from = name === 'stdin' ? `… | ${filter}` : `${filter} ${quoteWord(name)}`;
  return `${hint ?? 'try'}: ${from} | kv import --format ${format}`;
}
