/**
 * What a store holds, in the order in which it is written to a backup or to another store: each bucket, and
 * behind it its records. Whatever is behind the port is read the same way.
 */
import type { Milliseconds, Stamp } from '../record.js';
import type { Store } from '../store.js';
import { piecesOf } from '../value-pieces.js';

/** A record with its value, whose version and times are kept. */
export interface KeptRecord extends Stamp {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** A record whose value follows in pieces. */
export interface LongRecord extends Stamp {
  readonly key: Buffer;
  /** Bytes of the value. */
  readonly size: number;
}

export type Content =
  | { readonly kind: 'bucket'; readonly name: string; readonly created: Milliseconds }
  | { readonly kind: 'records'; readonly records: readonly KeptRecord[] }
  | { readonly kind: 'long'; readonly record: LongRecord }
  /** A piece of the last long record; valid until the next. */
  | { readonly kind: 'piece'; readonly bytes: Buffer };

/** What contents are written to. Its functions throw errors of writing, and keep no bytes that they are given. */
export interface ContentSink {
  /** Begins a bucket, to which the records that follow belong. */
  begin(name: string, created: Milliseconds): void;
  put(record: KeptRecord): void;
  /** Begins a record whose value is appended. Its key may be kept. */
  putLong(record: LongRecord): void;
  append(bytes: Buffer): void;
}

/** Throws errors of writing. */
export function writeTo(sink: ContentSink, content: Content): void {
  switch (content.kind) {
    case 'bucket':
      sink.begin(content.name, content.created);
      return;
    case 'records':
      for (const record of content.records) sink.put(record);
      return;
    case 'long':
      sink.putLong({ ...content.record, key: Buffer.from(content.record.key) });
      return;
    case 'piece':
      sink.append(content.bytes);
      return;
    default:
      content satisfies never;
  }
}

/** Longer values go in pieces, in bytes. */
const SHORT_BYTES = 64 * 1024;

/** Bytes, and records, that go together. */
const TOGETHER_BYTES = 256 * 1024;
const TOGETHER_RECORDS = 4096;

/**
 * Throws errors of reading; `busy` and `no-bucket` if a bucket goes meanwhile, which a store without snapshots
 * cannot hold.
 */
export function* contentsOf(store: Store): Generator<Content> {
  for (const { name, created } of store.buckets()) {
    yield { kind: 'bucket', name, created };
    yield* recordsOf(store, name);
  }
}

function* recordsOf(store: Store, name: string): Generator<Content> {
  let records: KeptRecord[] = [];
  let bytes = 0;
  for (const some of store.bucket(name)?.records({}) ?? []) {
    for (let position = 0; position < some.count; position++) {
      const key = Buffer.from(some.key(position));
      // What is known of the value comes with it: the record may have been set again since it was listed.
      const value = some.value(position);
      if (value === undefined) continue;
      try {
        const { version, modified, expires, size } = value;
        if (size > SHORT_BYTES) {
          if (records.length > 0) yield { kind: 'records', records };
          [records, bytes] = [[], 0];
          yield { kind: 'long', record: { key, version, modified, expires, size } };
          for (const piece of piecesOf(value)) yield { kind: 'piece', bytes: bufferOf(piece) };
          continue;
        }
        const whole = Buffer.concat([...piecesOf(value)]);
        records.push({ key, version, modified, expires, value: whole });
        bytes += key.length + size;
      } finally {
        value.close();
      }
      if (bytes < TOGETHER_BYTES && records.length < TOGETHER_RECORDS) continue;
      yield { kind: 'records', records };
      [records, bytes] = [[], 0];
    }
  }
  if (records.length > 0) yield { kind: 'records', records };
}

function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}
