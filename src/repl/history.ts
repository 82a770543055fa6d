/** The lines of this session and of earlier ones, to go back to and to search. */

export interface HistoryFile {
  /** The lines of earlier sessions, oldest first. Never throws: a history is not worth an error. */
  read(): string[];
  /** Adds a line as the newest, and removes an equal one. */
  add(line: string): void;
}

export class History {
  readonly #file: HistoryFile;
  /** In their order, which adding a line keeps at a cost that does not grow with them. */
  #known: Set<string> | undefined;
  /** The same as a list; undefined if it has to be made anew. */
  #lines: readonly string[] | undefined;

  /** The file is read when lines are first asked for. */
  constructor(file: HistoryFile) {
    this.#file = file;
  }

  /** Oldest first, without repetitions. */
  get lines(): readonly string[] {
    this.#known ??= new Set(this.#file.read());
    this.#lines ??= [...this.#known];
    return this.#lines;
  }

  /** Adds a line as the newest. `recorded` is written to the file; undefined: nothing is. */
  add(line: string, recorded: string | undefined): void {
    this.#known ??= new Set(this.#file.read());
    this.#known.delete(line);
    this.#known.add(line);
    this.#lines = undefined;
    if (recorded !== undefined) this.#file.add(recorded);
  }

  /** The place of the newest line before `from` with a text in it; undefined if there is none. */
  search(text: string, from = this.lines.length): number | undefined {
    for (let at = from - 1; at >= 0; at--) if (this.lines[at]!.includes(text)) return at;
    return undefined;
  }
}
