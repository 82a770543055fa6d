import type { BinaryReader } from './binary-reader.js';

/** Skips the type of a value: a byte, and for typed references the type that they refer to. */
export function skipType(body: BinaryReader): void {
  const code = body.byte();
  if (code === 0x63 || code === 0x64) body.skipNumber();
}
