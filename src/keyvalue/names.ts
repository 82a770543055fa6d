/** Which keys and names of buckets are valid, and the errors for others. */
import { KvError } from '../errors.js';
import { KEY_LIMIT_BYTES } from '../store/record.js';

/** The longest name of a bucket, in bytes of its UTF-8. */
const BUCKET_NAME_LIMIT_BYTES = 256;

/** Throws `invalid-key` unless the key is 1 to `KEY_LIMIT_BYTES` bytes of Unicode text. */
export function checkKey(key: string): void {
  if (key.length === 0)
    throw new KvError('invalid-key', 'cannot use an empty key: a key has at least 1 byte');
  checkKeyBound(key);
}

/** Throws `invalid-key` for a text that is neither a key nor a prefix of one. */
export function checkKeyBound(key: string): void {
  // A UTF-16 unit takes at most 3 bytes, so most keys need not be measured.
  if (key.length * 3 > KEY_LIMIT_BYTES) {
    const length = Buffer.byteLength(key);
    if (length > KEY_LIMIT_BYTES) {
      throw new KvError(
        'invalid-key',
        `cannot use a key of ${length} bytes: the limit is ${KEY_LIMIT_BYTES} bytes`,
      );
    }
  }
  if (!key.isWellFormed()) {
    throw new KvError(
      'invalid-key',
      `cannot use key "${key}": it has a lone surrogate, so it is no Unicode text`,
    );
  }
}

/** Throws `invalid-bucket` for an invalid name. */
export function checkBucketName(name: string): void {
  const length = Buffer.byteLength(name);
  if (length === 0)
    throw new KvError(
      'invalid-bucket',
      'cannot use an empty name for a bucket: it has at least 1 byte',
    );
  if (length > BUCKET_NAME_LIMIT_BYTES) {
    throw new KvError(
      'invalid-bucket',
      `cannot use a bucket's name of ${length} bytes: the limit is ${BUCKET_NAME_LIMIT_BYTES} bytes`,
    );
  }
  const fault = /\p{Cc}/u.test(name) ? 'a control character' : 'a lone surrogate';
  if (fault === 'a control character' || !name.isWellFormed()) {
    throw new KvError('invalid-bucket', `cannot name a bucket "${name}": it has ${fault}`);
  }
}
