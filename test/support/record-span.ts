/** Records in tests as decoders and batches take them. */
import type { RecordSpan } from '../../src/formats/format.js';

/** A key and its value, behind `offset` other bytes. */
export function spanOf(key: string, value: string | Uint8Array, offset = 0): RecordSpan {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(key), Buffer.from(value)]);
  const keyEnd = offset + Buffer.byteLength(key);
  return { bytes, keyStart: offset, keyEnd, valueStart: keyEnd, valueEnd: bytes.length };
}
