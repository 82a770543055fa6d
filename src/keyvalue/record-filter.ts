/** Filters records by their keys and metadata. */
import { ELSEWHERE, type Milliseconds, type StoredRecords } from '../store/record.js';
import { Expression, type Unbounded } from './expression.js';
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
  /** The positions of the first `limit` records that are accepted. Throws `damaged`, `io`. */
  accepted(records: StoredRecords, limit: number): number[];
}

/** Accepts records that satisfy all options; undefined if there are none. Throws `usage`. */
export function recordFilter(
  options: FilterOptions,
  unbounded: Unbounded,
): RecordFilter | undefined {
  const { newer = Number.NEGATIVE_INFINITY, older = Number.POSITIVE_INFINITY, larger } = options;
  const glob = options.glob === undefined ? undefined : new Glob(options.glob);
  const regex =
    options.regex === undefined
      ? undefined
      : new Expression(options.regex, 'u', `"${options.regex}"`, unbounded);
  const hasTime = options.newer !== undefined || options.older !== undefined;
  const tests: ((records: StoredRecords, position: number) => boolean)[] = [];
  if (glob) {
    tests.push(({ bytes, places }, position) =>
      glob.matches(bytes, places[4 * position]!, places[4 * position + 1]!),
    );
  }
  if (larger !== undefined) tests.push((records, position) => sizeOf(records, position) > larger);
  if (hasTime) {
    tests.push((records, position) => {
      const entry = records.entry(position);
      return entry !== undefined && entry.modified > newer && entry.modified < older;
    });
  }
  if (tests.length === 0 && regex === undefined) return undefined;
  return {
    prefix: glob?.prefix ?? '',
    accepted(records, limit) {
      const candidates = regex?.findIn(keysOf(records));
      const count = candidates?.length ?? records.count;
      const positions: number[] = [];
      for (let at = 0; at < count && positions.length < limit; at++) {
        const position = candidates?.[at] ?? at;
        if (tests.every((test) => test(records, position))) positions.push(position);
      }
      return positions;
    },
  };
}

function keysOf(records: StoredRecords): string[] {
  const keys: string[] = [];
  for (let position = 0; position < records.count; position++) keys.push(records.key(position));
  return keys;
}

/** Bytes of a value. */
export function sizeOf(records: StoredRecords, position: number): number {
  const valueStart = records.places[4 * position + 2]!;
  if (valueStart === ELSEWHERE) return records.entry(position)?.size ?? 0;
  return records.places[4 * position + 3]! - valueStart;
}
