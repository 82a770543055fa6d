/** Numbers of eight bytes, and of six. */

// A number holds 53 bits exactly, which no sequence reaches: BigInt would cost an allocation each.
export function writeU64(bytes: Buffer, value: number, offset: number): void {
  bytes.writeUInt32BE(Math.floor(value / 2 ** 32), offset);
  bytes.writeUInt32BE(value % 2 ** 32, offset + 4);
}

export function readU64(bytes: Buffer, offset: number): number {
  return bytes.readUInt32BE(offset) * 2 ** 32 + bytes.readUInt32BE(offset + 4);
}

export function readU48(bytes: Buffer, offset: number): number {
  return bytes.readUInt16BE(offset) * 2 ** 32 + bytes.readUInt32BE(offset + 2);
}
