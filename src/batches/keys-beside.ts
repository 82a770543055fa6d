/** Finds the keys that a folder has no file for: keys and files are merged in one order. */
import type { Bucket, Context } from '../context.js';
import { rawName } from './folders/held-folder.js';

/** Keys in a page. */
const PAGE_KEYS = 10_000;

/** The keys of one prefix. */
export class KeysBeside {
  readonly bucket: Bucket;
  readonly #context: Context;
  readonly #prefix: string;
  readonly #found: string[] = [];
  /** Keys that are yet to be compared with files; `raw` is their bytes as characters. */
  #page: { readonly key: string; readonly raw: string }[] = [];
  #next = 0;
  #isOver = false;

  constructor(context: Context, bucket: Bucket, prefix: string) {
    this.#context = context;
    this.bucket = bucket;
    this.#prefix = prefix;
  }

  /** Passes a file by its path, whose bytes are given as characters. */
  pass(prefix: string, path: string): void {
    const raw = rawName(prefix) + path;
    for (let next = this.#peek(); next !== undefined && next.raw <= raw; next = this.#peek()) {
      if (next.raw < raw) this.#found.push(next.key);
      this.#next++;
    }
  }

  /** All keys without a file, once the last file has passed. */
  all(): string[] {
    for (let next = this.#peek(); next !== undefined; next = this.#peek()) {
      this.#found.push(next.key);
      this.#next++;
    }
    return this.#found;
  }

  #peek(): { readonly key: string; readonly raw: string } | undefined {
    if (this.#next === this.#page.length && !this.#isOver) this.#turnPage();
    return this.#page[this.#next];
  }

  /** Page by page, so that no snapshot is kept while the import writes. */
  #turnPage(): void {
    const after = this.#page.at(-1)?.key;
    const { listing } = this.#context.keyvalue;
    const selection = { prefix: this.#prefix, after, limit: PAGE_KEYS };
    const keys = [...listing.listKeys(this.bucket, selection)];
    this.#page = keys.map((key) => ({ key, raw: rawName(key) }));
    this.#next = 0;
    this.#isOver = keys.length < PAGE_KEYS;
  }
}
