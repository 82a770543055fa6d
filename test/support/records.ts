/** Whole values in and out of a bucket, through the interfaces, for tests of other things. */
import type { Bucket } from '../../src/keyvalue/bucket.js';
import type { Keyvalue } from '../../src/keyvalue/index.js';

/** Sets a key to these bytes, or to the UTF-8 of this text. */
export function setValue(
  keyvalue: Keyvalue,
  bucket: Bucket,
  key: string,
  value: Uint8Array | string,
): void {
  const outgoing = keyvalue.types.OutgoingValue.newOutgoingValue();
  try {
    outgoing.outgoingValueWriteBodySync(Buffer.from(value));
    keyvalue.eventual.set(bucket, key, outgoing);
  } finally {
    outgoing[Symbol.dispose]();
  }
}

/** The bytes of a key, or undefined where there is no such key. */
export function getValue(keyvalue: Keyvalue, bucket: Bucket, key: string): Buffer | undefined {
  const incoming = keyvalue.eventual.get(bucket, key);
  return incoming && Buffer.from(keyvalue.types.IncomingValue.incomingValueConsumeSync(incoming));
}

/** The same as text. */
export function getText(keyvalue: Keyvalue, bucket: Bucket, key: string): string | undefined {
  return getValue(keyvalue, bucket, key)?.toString();
}
