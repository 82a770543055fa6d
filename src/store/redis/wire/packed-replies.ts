/**
 * Replies packed in one buffer, which is transferred from thread to thread: a small buffer that is
 * part of a larger one would be copied with all of it.
 */
import type { Reply } from './request.js';

/** The first byte of a reply. */
const kinds = { none: 0, number: 1, bytes: 2, list: 3 } as const;

export function packReplies(replies: readonly Reply[]): ArrayBuffer {
  const bytes = Buffer.allocUnsafeSlow(lengthOf(replies));
  write(bytes, 0, replies);
  return bytes.buffer;
}

export function unpackReplies(packed: ArrayBuffer): readonly Reply[] {
  return read({ bytes: Buffer.from(packed), at: 0 }) as readonly Reply[];
}

function lengthOf(reply: Reply): number {
  if (reply === undefined) return 1;
  if (typeof reply === 'number') return 1 + 8;
  if (Buffer.isBuffer(reply)) return 1 + 4 + reply.length;
  return (reply as readonly Reply[]).reduce<number>((sum, one) => sum + lengthOf(one), 1 + 4);
}

/** Returns where the reply ends. */
function write(bytes: Buffer, at: number, reply: Reply): number {
  if (reply === undefined) return bytes.writeUInt8(kinds.none, at);
  if (typeof reply === 'number') {
    return bytes.writeDoubleBE(reply, bytes.writeUInt8(kinds.number, at));
  }
  if (Buffer.isBuffer(reply)) {
    const start = bytes.writeUInt32BE(reply.length, bytes.writeUInt8(kinds.bytes, at));
    return start + reply.copy(bytes, start);
  }
  const list = reply as readonly Reply[];
  let end = bytes.writeUInt32BE(list.length, bytes.writeUInt8(kinds.list, at));
  for (const one of list) end = write(bytes, end, one);
  return end;
}

function read(from: { readonly bytes: Buffer; at: number }): Reply {
  const { bytes } = from;
  const kind = bytes[from.at++];
  if (kind === kinds.none) return undefined;
  if (kind === kinds.number) {
    from.at += 8;
    return bytes.readDoubleBE(from.at - 8);
  }
  const length = bytes.readUInt32BE(from.at);
  from.at += 4;
  if (kind === kinds.list) return Array.from({ length }, () => read(from));
  from.at += length;
  return bytes.subarray(from.at - length, from.at);
}
