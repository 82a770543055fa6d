/** Filters records by their keys and metadata. */
import { KvError } from '../errors.js';
import { ELSEWHERE, type Milliseconds, type StoredRecords } from '../store/record.js';
import { Glob } from './glob.js';

export interface FilterOptions {
  /** A pattern that the whole key matches; see `Glob`. */
  readonly glob?: string | undefined;
  /** A regular expression of JavaScript, for any part of the key. */
  readonly regex?: string | undefined;
  /** Only records that were written after this time. */
  readonly newer?: Milliseconds | undefined;
  /** Only records that were written before this time. */
  readonly older?: Milliseconds | undefined;
  /** Only values of more bytes than this. */
  readonly larger?: number | undefined;
}

export interface RecordFilter {
  /** The prefix of every key that is accepted. */
  readonly prefix: string;
  /** Throws `damaged`, `io`. */
  accepts(records: StoredRecords, position: number): boolean;
}

/** Accepts records that satisfy all options; undefined if there are none. Throws `usage`. */
export function recordFilter(options: FilterOptions): RecordFilter | undefined {
  const { newer = Number.NEGATIVE_INFINITY, older = Number.POSITIVE_INFINITY, larger } = options;
  const glob = options.glob === undefined ? undefined : new Glob(options.glob);
  const regex = options.regex === undefined ? undefined : expressionOf(options.regex);
  const hasTime = options.newer !== undefined || options.older !== undefined;
  const tests: RecordFilter['accepts'][] = [];
  if (glob) {
    tests.push(({ bytes, places }, position) =>
      glob.matches(bytes, places[4 * position]!, places[4 * position + 1]!),
    );
  }
  if (regex) tests.push((records, position) => regex.test(records.key(position)));
  if (larger !== undefined) tests.push((records, position) => sizeOf(records, position) > larger);
  if (hasTime) {
    tests.push((records, position) => {
      const entry = records.entry(position);
      return entry !== undefined && entry.modified > newer && entry.modified < older;
    });
  }
  if (tests.length === 0) return undefined;
  return {
    prefix: glob?.prefix ?? '',
    accepts: (records, position) => tests.every((test) => test(records, position)),
  };
}

/** Bytes of a value. */
export function sizeOf(records: StoredRecords, position: number): number {
  const valueStart = records.places[4 * position + 2]!;
  if (valueStart === ELSEWHERE) return records.entry(position)?.size ?? 0;
  return records.places[4 * position + 3]! - valueStart;
}

/** Throws `usage` for an invalid regular expression of JavaScript. */
export function expressionOf(source: string, flags = 'u', named = `"${source}"`): RegExp {
  try {
    const expression = new RegExp(source, flags);
    // V8 compiles it when it is used, for each of its two kinds of strings, and may find it too large then.
    for (const text of ['a', '\u0101']) text.search(expression);
    return expression;
  } catch (cause) {
    const fault = (cause as Error).message.replace(/^.*: /s, '');
    throw new KvError('usage', `${named} is no regular expression: ${fault}`, { cause });
  }
}
