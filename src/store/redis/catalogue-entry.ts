/** An entry of the catalogue, and what is said where one is in the way. */
import { KvError } from '../../errors.js';
import type { Milliseconds } from '../record.js';

/** The entry of a name. */
export interface Entry {
  readonly id: number;
  /** Grows when the bucket is renamed. */
  readonly rev: number;
  readonly shards: number;
  readonly created: Milliseconds;
}

/** A draft that becomes a bucket, and when that was made. */
export interface NamedDraft {
  readonly draft: string;
  readonly name: string;
  readonly created: Milliseconds;
}

/** An entry, and its text in the catalogue. */
export type Written = Entry & { readonly text: string };

export function notEmpty(action: string): KvError {
  return new KvError('condition-failed', `cannot ${action}: there are buckets already`, {
    hint: 'try: another NAME at the end of the address',
  });
}

export function existing(action: string, name: string): KvError {
  return new KvError('bucket-exists', `cannot ${action}: there is a bucket "${name}" already`);
}

export function parse(text: string): Written {
  const [id, rev, shards, created] = text.split(' ').map(Number);
  return { id: id!, rev: rev!, shards: shards!, created: created!, text };
}
