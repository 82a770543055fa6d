/**
 * Unknown members, columns and header entries of the input, and the number of records with each.
 */
import { quoted } from '../formats/format.js';
import { counted } from '../terminal/quantities.js';

/** Names in a message at most. */
const NAME_LIMIT = 20;

export class UnknownNames {
  readonly #records = new Map<string, number>();
  #columns: readonly string[] = [];
  readonly #headers = new Set<string>();
  /** Records with names beyond the limit. */
  #others = 0;

  /** Counts the unknown members of a record. */
  add(names: readonly string[]): void {
    let isOther = false;
    for (const name of names) {
      const records = this.#records.get(name);
      if (records !== undefined) this.#records.set(name, records + 1);
      else if (this.#records.size < NAME_LIMIT) this.#records.set(name, 1);
      else isOther = true;
    }
    if (isOther) this.#others++;
  }

  /** Adds unknown columns, which all records have. */
  addColumns(names: readonly string[]): void {
    this.#columns = [...new Set(names)];
  }

  /** Adds unknown entries of a database's header. */
  addHeaders(names: readonly string[]): void {
    for (const name of names) if (this.#headers.size < NAME_LIMIT) this.#headers.add(name);
  }

  /** Each name with the number of its records, out of `read`. */
  counts(read: number): [name: string, records: number][] {
    if (this.#headers.size > 0) return [...this.#headers].map((name) => [name, read]);
    if (this.#columns.length === 0) return [...this.#records];
    return this.#columns.slice(0, NAME_LIMIT).map((name) => [name, read]);
  }

  /** The warning; undefined if everything is known. */
  warning(read: number): string | undefined {
    if (this.#headers.size > 0) {
      const names = [...this.#headers].map(quoted).join(', ');
      return `what the header says and is not known is left out: ${names}`;
    }
    const counts = this.counts(read);
    if (counts.length === 0) return undefined;
    const parts = counts.map(
      ([name, records]) => `${quoted(name)} in ${counted(records, 'record')}`,
    );
    if (this.#others > 0) parts.push(`others in ${counted(this.#others, 'record')}`);
    const more = this.#columns.length - counts.length;
    if (this.#columns.length > 0 && more > 0) parts.push(`${more} others`);
    const kind = this.#columns.length > 0 ? 'columns' : 'members';
    return `${kind} that are not known are left out: ${parts.join(', ')}`;
  }
}
