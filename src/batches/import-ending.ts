/** What an import leaves behind, while it goes on and where it ends early: in every mode the truth. */
import type { Context } from '../context.js';
import { asKvError, KvError } from '../errors.js';
import { type Format, FormatError } from '../formats/format.js';
import { formatOfFile } from '../formats/index.js';
import { quoteWord } from '../line/quotes.js';
import type { ImportOptions } from './import-options.js';
import type { ImportSink } from './import-sink.js';
import { placed, placeOf, Rejection } from './rejection.js';

export class ImportEnding {
  readonly #context: Context;
  readonly #options: ImportOptions;
  readonly #sink: ImportSink;
  readonly #counts: Format['counts'];
  /** Whether it is a part of the transaction of a script or a session. */
  readonly #isPart: boolean;

  constructor(
    context: Context,
    options: ImportOptions,
    sink: ImportSink,
    { counts, isPart }: { counts: Format['counts']; isPart: boolean },
  ) {
    this.#context = context;
    this.#options = options;
    this.#sink = sink;
    this.#counts = counts;
    this.#isPart = isPart;
  }

  /** What the bar says: what an import that was killed now would leave. */
  get remark(): string {
    const { read } = this.#sink;
    const { dryRun, atomic, mode } = this.#options;
    if (dryRun) return `${read} records checked`;
    if (mode === 'replace') return `${read} records read, stored at the end`;
    if (this.#isPart) return `${read} records read, stored with the transaction`;
    if (atomic) return `${read} records read, stored at the end`;
    return this.#through > 0
      ? `stored through ${this.#counts} ${this.#through}`
      : 'nothing stored yet';
  }

  /** The error that ends an import, with what stays and how to go on. */
  async error(thrown: unknown): Promise<KvError> {
    const { name } = this.#options;
    if (thrown instanceof Rejection) {
      const message = placed(name, thrown.place, thrown.key, thrown.message);
      const isFirst = this.#sink.load.written === 0;
      const help = isFirst ? helpFor(thrown, this.#options) : undefined;
      return new KvError('rejected', message, { hint: joined(this.#state(false), help) });
    }
    if (thrown instanceof FormatError) {
      const message = placed(name, placeOf(thrown), undefined, thrown.message);
      const state = this.#state(!this.#sink.hasBegun);
      return new KvError('rejected', message, {
        hint: joined(state, helpFor(thrown, this.#options)),
      });
    }
    const error = asKvError(thrown);
    const hint = this.#state(false);
    if (error.code === 'interrupted') {
      // It ends the process by its signal, without a message of its own.
      await this.#context.terminal.stderr.write(`${hint}\n`);
      return error;
    }
    return new KvError(error.code, error.message, { hint, cause: error.cause ?? error });
  }

  get #through(): number {
    return Math.max(this.#options.skip, this.#sink.load.committedThrough);
  }

  /** What stays of it. A fault in a header is not mended by going on behind it. */
  #state(isInHeader: boolean): string {
    const { dryRun, atomic, mode, skip } = this.#options;
    if (dryRun) return 'nothing was to be changed';
    if (mode === 'replace') return 'nothing was changed';
    // Within a transaction nothing is undone by itself, also with --atomic.
    if (this.#isPart) return 'what came before it is a part of the transaction';
    if (atomic) return 'nothing was changed';
    if (this.#sink.load.written > 0) {
      const through = this.#through;
      return `committed through ${this.#counts} ${through}; resume with --skip ${through}`;
    }
    if (skip === 0) return 'nothing was stored';
    return isInHeader
      ? 'nothing more was stored'
      : `nothing more was stored; resume with --skip ${skip}`;
  }
}

function joined(state: string, help: string | undefined): string {
  return help === undefined ? state : `${state}; ${help}`;
}

/** What to do about an input that is of another kind than it was taken for. */
function helpFor(
  fault: Rejection | FormatError,
  { name, format }: ImportOptions,
): string | undefined {
  const through = (filter: string, form: string) =>
    name === 'stdin'
      ? `… | ${filter} | kv import --format ${form}`
      : `${filter} ${quoteWord(name)} | kv import --format ${form}`;
  if (fault instanceof FormatError) {
    const { filter, hint } = fault.more;
    if (filter === undefined) return hint;
    // Of `users.csv.gz` the name of what is in it tells the format.
    return `try: ${through(filter, formatOfFile(name.replace(/\.[^.]*$/, '')) ?? format)}`;
  }
  if (format !== 'ndjson') return undefined;
  const raw = Buffer.from(fault.raw ?? [])
    .toString('latin1')
    .trim();
  if (raw.startsWith('[')) return 'for a JSON array: --format json';
  if (!raw.startsWith('{') || raw.endsWith('}')) return undefined;
  return `a record has to be on one line: ${through('jq -c .', 'ndjson')}`;
}
