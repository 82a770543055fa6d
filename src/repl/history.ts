/** The lines of this session and of those before, to go back to and to search. */

export interface HistoryFile {
  /** What sessions before have left, oldest first. Never throws: a history is not worth an error. */
  read(): string[];
  /** Adds a line, as the newest, without the same one elsewhere. */
  add(line: string): void;
}

export class History {
  readonly #file: HistoryFile;
  #lines: string[] | undefined;

  /** The file is read when the first line is asked for. */
  constructor(file: HistoryFile) {
    this.#file = file;
  }

  /** Oldest first, each once. */
  get lines(): readonly string[] {
    return this.#known;
  }

  /** Adds a line as the newest. `recorded` is what of it is written down; undefined: nothing. */
  add(line: string, recorded: string | undefined): void {
    this.#lines = [...this.#known.filter((one) => one !== line), line];
    if (recorded !== undefined) this.#file.add(recorded);
  }

  /** The newest line before `from` with a text in it, by its place; undefined where there is none. */
  search(text: string, from = this.#known.length): number | undefined {
    for (let at = from - 1; at >= 0; at--) if (this.#known[at]!.includes(text)) return at;
    return undefined;
  }

  get #known(): string[] {
    this.#lines ??= this.#file.read();
    return this.#lines;
  }
}
