/** What the tests of the port say about a store. */
import type { KeyRange } from '../../../src/store/record.js';
import type { PutOptions, Store, StoreBucket, Upload } from '../../../src/store/store.js';

/** With the clock by which records expire; absent: that of the machine. */
export type Factory = (now?: () => number) => Store | Promise<Store>;

/** Opens a store that is empty. */
export type Open = (now?: () => number) => Promise<Store>;

/** Sizes of values that are kept in different ways. */
export const sizes = [0, 1, 1000, 70_000, 300_000, 5_000_000] as const;

/** An upload of these bytes, or of this text. */
export function uploadOf(store: Store, contents: Uint8Array | string): Upload {
  const upload = store.upload();
  upload.append(Buffer.from(contents));
  return upload;
}

/** Sets a key, and lets the upload go. */
export function put(
  store: Store,
  bucket: StoreBucket,
  key: string,
  contents: Uint8Array | string,
  options?: PutOptions,
): number {
  const upload = uploadOf(store, contents);
  try {
    return bucket.put(key, upload, options) as number;
  } finally {
    upload.close();
  }
}

/** The bytes of a key, read piece by piece; undefined where there is no such key. */
export function bytesOf(bucket: StoreBucket, key: string): Buffer | undefined {
  const value = bucket.get(key);
  return value && wholeOf(value);
}

/** All that a value holds; it is closed. */
export function wholeOf(value: {
  readonly size: number;
  read(position: number, length: number): Uint8Array;
  close(): void;
}): Buffer {
  const pieces: Uint8Array[] = [];
  for (let position = 0; position < value.size; ) {
    const piece = value.read(position, value.size - position);
    if (piece.length === 0) throw new Error('a value ends before its end');
    pieces.push(piece);
    position += piece.length;
  }
  value.close();
  return Buffer.concat(pieces);
}

export function textOf(bucket: StoreBucket, key: string): string | undefined {
  return bytesOf(bucket, key)?.toString();
}

export function keysOf(bucket: StoreBucket, range: KeyRange = {}): string[] {
  const keys: string[] = [];
  for (const records of bucket.records(range)) {
    for (let position = 0; position < records.count; position++) keys.push(records.key(position));
  }
  return keys;
}
