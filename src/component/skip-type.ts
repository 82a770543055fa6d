import type { BinaryReader } from './binary-reader.js';

/** Passes the type of a value: a byte, and for references to what has a type, what that is. */
export function skipType(body: BinaryReader): void {
  const code = body.byte();
  if (code === 0x63 || code === 0x64) body.skipNumber();
}
