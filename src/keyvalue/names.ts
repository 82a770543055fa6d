/** What a key and a bucket's name may be, and the errors that say so. */
import { KvError } from '../errors.js';

/** The longest key, in bytes of its UTF-8: what a page of the store holds twice. */
export const KEY_LIMIT_BYTES = 1978;

/** The longest name of a bucket, in bytes of its UTF-8. */
export const BUCKET_NAME_LIMIT_BYTES = 256;

/** Throws `invalid-key` unless the key is 1 to `KEY_LIMIT_BYTES` bytes of Unicode text. */
export function checkKey(key: string): void {
  if (key.length === 0) throw new KvError('invalid-key', 'a key cannot be empty');
  checkKeyBound(key);
}

/** Throws `invalid-key` for what no key, and no beginning of one, can be. */
export function checkKeyBound(key: string): void {
  // A UTF-16 unit takes at most 3 bytes, so most keys need not be measured.
  if (key.length * 3 > KEY_LIMIT_BYTES) {
    const length = Buffer.byteLength(key);
    if (length > KEY_LIMIT_BYTES) {
      throw new KvError(
        'invalid-key',
        `a key of ${length} bytes is over the limit of ${KEY_LIMIT_BYTES} bytes`,
      );
    }
  }
  if (!key.isWellFormed()) {
    throw new KvError('invalid-key', 'a key must be Unicode text, without lone surrogates');
  }
}

/** Throws `invalid-bucket` for what cannot name a bucket. */
export function checkBucketName(name: string): void {
  const length = Buffer.byteLength(name);
  if (length === 0) throw new KvError('invalid-bucket', "a bucket's name cannot be empty");
  if (length > BUCKET_NAME_LIMIT_BYTES) {
    throw new KvError(
      'invalid-bucket',
      `a bucket's name of ${length} bytes is over the limit of ${BUCKET_NAME_LIMIT_BYTES} bytes`,
    );
  }
  if (/\p{Cc}/u.test(name) || !name.isWellFormed()) {
    throw new KvError('invalid-bucket', "a bucket's name cannot hold control characters");
  }
}
