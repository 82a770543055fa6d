/**
 * Searches values line by line and piece by piece, so that none is ever in memory as a whole.
 * Beyond the WIT.
 */
import { KvError } from '../errors.js';
import { ELSEWHERE, type StoredRecords } from '../store/record.js';
import { Expression, type Unbounded } from './expression.js';

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
  readonly #expression: Expression;

  /** Throws `usage` for an invalid regular expression of JavaScript, and for a newline. */
  constructor(text: string, { fixed, ignoreCase }: PatternOptions, unbounded: Unbounded) {
    if (text.includes('\n')) {
      throw new KvError('usage', 'PATTERN cannot hold a newline: values are searched line by line');
    }
    this.needle = fixed && !ignoreCase ? Buffer.from(text) : undefined;
    const source = fixed ? text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&') : text;
    this.#expression = new Expression(source, ignoreCase ? 'giu' : 'gu', 'PATTERN', unbounded);
  }

  /** Which of some lines match, by their positions; those with the needle do. */
  among(lines: readonly Buffer[]): number[] {
    if (this.needle) return lines.map((_, position) => position);
    return this.#expression.findIn(lines.map((line) => line.toString()));
  }

  matches(line: Buffer): boolean {
    if (this.needle) return line.includes(this.needle);
    return this.#expression.findIn([line.toString()]).length > 0;
  }

  /** The text in parts: text between matches and matches, alternating. */
  split(text: string): string[] {
    return this.#expression.split(text);
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
    let beside: number[] = [];
    for (let position = 0; position < records.count; position++) {
      if (records.places[4 * position + 2] !== ELSEWHERE) {
        beside.push(position);
        continue;
      }
      yield matchesBeside(records, beside, pattern, once);
      beside = [];
      yield* searchAlone(records, position, pattern, once);
    }
    yield matchesBeside(records, beside, pattern, once);
  }
}

/** The matches in values that are beside their keys. */
function matchesBeside(
  records: StoredRecords,
  positions: readonly number[],
  pattern: Pattern,
  once: boolean,
): Match[] {
  // The lines of all values at once: what bounds a match costs too much for each.
  const lines: Buffer[] = [];
  /** The record of each line. */
  const owners: number[] = [];
  for (const position of positions) {
    addCandidates(lines, valueBeside(records, position), pattern);
    while (owners.length < lines.length) owners.push(position);
  }
  const matches: Match[] = [];
  let last: number | undefined;
  for (const at of pattern.among(lines)) {
    const position = owners[at]!;
    if (once && position === last) continue;
    last = position;
    const head = valueBeside(records, position);
    matches.push({ key: records.key(position), line: lines[at]!, head });
  }
  return matches;
}

function valueBeside({ bytes, places }: StoredRecords, position: number): Buffer {
  return bytes.subarray(places[4 * position + 2], places[4 * position + 3]);
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
 * Adds the lines of a value that may match. The last line may have no newline; after a final newline there
 * is no line.
 */
function addCandidates(lines: Buffer[], bytes: Buffer, { needle }: Pattern): void {
  for (let from = 0; from < bytes.length; ) {
    // Lines without a match are skipped at once if the needle tells.
    const hit = needle === undefined ? from : bytes.indexOf(needle, from);
    if (hit === -1) break;
    const start = hit === from ? from : Math.max(bytes.lastIndexOf(NEWLINE, hit - 1) + 1, from);
    const newline = bytes.indexOf(NEWLINE, hit);
    const end = newline === -1 ? bytes.length : newline;
    lines.push(bytes.subarray(start, end));
    from = end + 1;
  }
}

/** The matching lines of a value. */
function linesOf(bytes: Buffer, pattern: Pattern): Buffer[] {
  const lines: Buffer[] = [];
  addCandidates(lines, bytes, pattern);
  return pattern.among(lines).map((at) => lines[at]!);
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
