/**
 * Searches values line by line and piece by piece, so that none is ever in memory as a whole.
 * Beyond the WIT.
 */
import { KvError } from '../errors.js';
import { ELSEWHERE, type StoredRecords } from '../store/record.js';
import { expressionOf } from './record-filter.js';

/** Bytes of a line that are searched at a time: a longer line is searched in parts. */
const LINE_LIMIT_BYTES = 1024 * 1024;

/** Bytes by which such parts overlap, so that no match of up to this length is missed. */
const OVERLAP_BYTES = 4096;

const NEWLINE = 0x0a;

export interface PatternOptions {
  /** Whether the pattern is a text, and not a regular expression. */
  readonly fixed: boolean;
  readonly ignoreCase: boolean;
}

/** The pattern that lines are searched for. */
export class Pattern {
  /** Bytes that a match consists of; undefined if only a regular expression can find it. */
  readonly needle: Buffer | undefined;
  readonly #expression: RegExp;

  /** Throws `usage` for an invalid regular expression of JavaScript, and for a newline. */
  constructor(text: string, { fixed, ignoreCase }: PatternOptions) {
    if (text.includes('\n')) {
      throw new KvError('usage', 'PATTERN cannot hold a newline: values are searched line by line');
    }
    this.needle = fixed && !ignoreCase ? Buffer.from(text) : undefined;
    const source = fixed ? text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&') : text;
    this.#expression = expressionOf(source, ignoreCase ? 'giu' : 'gu', 'PATTERN');
  }

  matches(line: Buffer): boolean {
    if (this.needle) return line.includes(this.needle);
    this.#expression.lastIndex = 0;
    return this.#expression.test(line.toString());
  }

  /** The text in parts: text between matches and matches, alternating. */
  split(text: string): string[] {
    const parts: string[] = [];
    let from = 0;
    this.#expression.lastIndex = 0;
    for (const { index, 0: match } of text.matchAll(this.#expression)) {
      if (match === '') continue;
      parts.push(text.slice(from, index), match);
      from = index + match.length;
    }
    return [...parts, text.slice(from)];
  }
}

/** A line that matches. */
export interface Match {
  readonly key: string;
  /** Without its newline; of a line over `LINE_LIMIT_BYTES`, the first part that matches. */
  readonly line: Buffer;
  /** The beginning of the value, to tell whether it is text. */
  readonly head: Buffer;
}

/**
 * The matching lines of the values, in the order of the keys; with `once` the first of each value.
 * They come in groups, some of them empty, so that the caller can do other work meanwhile, and are
 * valid until the next group is asked for. Throws `damaged`, `io`.
 */
export function* searchValues(
  pages: Iterable<StoredRecords>,
  pattern: Pattern,
  once: boolean,
): Generator<Match[]> {
  for (const records of pages) {
    const found: Match[] = [];
    for (let position = 0; position < records.count; position++) {
      const start = records.places[4 * position + 2]!;
      if (start === ELSEWHERE) {
        yield found.splice(0);
        yield* searchAlone(records, position, pattern, once);
        continue;
      }
      const head = records.bytes.subarray(start, records.places[4 * position + 3]);
      const lines = linesOf(head, pattern);
      if (lines.length === 0) continue;
      const key = records.key(position);
      for (const line of once ? lines.slice(0, 1) : lines) found.push({ key, line, head });
    }
    yield found;
  }
}

/** Searches one value, piece by piece. */
function* searchAlone(
  records: StoredRecords,
  position: number,
  pattern: Pattern,
  once: boolean,
): Generator<Match[]> {
  const value = records.value(position);
  if (value === undefined) return;
  try {
    const search = new LineSearch(pattern);
    const key = records.key(position);
    let head: Buffer | undefined;
    for (let at = 0; at < value.size; ) {
      const { buffer, byteOffset, length } = value.read(at, value.size - at);
      at += length;
      const piece = Buffer.from(buffer, byteOffset, length);
      head ??= piece;
      const lines = search.push(piece);
      if (at === value.size) lines.push(...search.end());
      const wanted = once ? lines.slice(0, 1) : lines;
      const start = head;
      yield wanted.map((line) => ({ key, line, head: start }));
      if (once && wanted.length > 0) return;
    }
  } finally {
    value.close();
  }
}

/**
 * The matching lines of a value. The last line may have no newline; after a final newline there is
 * no line.
 */
function linesOf(bytes: Buffer, pattern: Pattern): Buffer[] {
  const { needle } = pattern;
  const found: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    // Lines without a match are skipped at once if the needle tells.
    const hit = needle === undefined ? from : bytes.indexOf(needle, from);
    if (hit === -1) break;
    const start = hit === from ? from : Math.max(bytes.lastIndexOf(NEWLINE, hit - 1) + 1, from);
    const newline = bytes.indexOf(NEWLINE, hit);
    const end = newline === -1 ? bytes.length : newline;
    const line = bytes.subarray(start, end);
    if (needle !== undefined || pattern.matches(line)) found.push(line);
    from = end + 1;
  }
  return found;
}

/** Searches a value that comes in pieces. */
class LineSearch {
  readonly #pattern: Pattern;
  /** The line that has not ended yet, or its last part. */
  #rest: Buffer = Buffer.alloc(0);
  /** Whether an earlier part of that line has matched. */
  #isFound = false;

  constructor(pattern: Pattern) {
    this.#pattern = pattern;
  }

  push(piece: Buffer): Buffer[] {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    let found: Buffer[] = [];
    let rest = bytes;
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      const first = this.#isFound ? bytes.indexOf(NEWLINE) + 1 : 0;
      found = linesOf(bytes.subarray(first, end), this.#pattern);
      rest = bytes.subarray(end);
      this.#isFound = false;
    }
    if (rest.length > LINE_LIMIT_BYTES) {
      if (!this.#isFound && this.#pattern.matches(rest)) {
        found.push(rest);
        this.#isFound = true;
      }
      const overlap = Math.max(OVERLAP_BYTES, this.#pattern.needle?.length ?? 0);
      rest = rest.subarray(rest.length - overlap);
    }
    this.#rest = rest;
    return found;
  }

  end(): Buffer[] {
    return this.#isFound ? [] : linesOf(this.#rest, this.#pattern);
  }
}
