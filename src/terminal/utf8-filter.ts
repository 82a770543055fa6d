/** Separates UTF-8 from other bytes as they arrive, in any pieces. */
import { isUtf8 } from 'node:buffer';

export class Utf8Filter {
  /** The beginning of a character whose rest has not arrived. */
  #rest: Uint8Array = new Uint8Array(0);

  /** Whether a character has begun and not ended. */
  get isWaiting(): boolean {
    return this.#rest.length > 0;
  }

  /** The complete characters so far, in pieces: between two pieces, invalid bytes are left out. */
  take(bytes: Uint8Array): Uint8Array[] {
    const all = this.isWaiting ? Buffer.concat([this.#rest, bytes]) : bytes;
    const end = all.length - begun(all);
    this.#rest = Uint8Array.from(all.subarray(end));
    const whole = all.subarray(0, end);
    return isUtf8(whole) ? [whole] : soundPieces(whole);
  }

  /** Drops an incomplete character. */
  forget(): void {
    this.#rest = new Uint8Array(0);
  }
}

function soundPieces(bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let start = 0;
  for (let at = 0; at < bytes.length; ) {
    const end = at + lengthBy(bytes[at]!);
    if (isUtf8(bytes.subarray(at, end))) {
      at = end;
      continue;
    }
    pieces.push(bytes.subarray(start, at));
    start = ++at;
  }
  return [...pieces, bytes.subarray(start)];
}

/** How many bytes at the end may begin a character. */
function begun(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte >= 0xc0) return lengthBy(byte) > back ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}

/** Bytes of a character with this first byte; 1 if no character has it. */
function lengthBy(byte: number): number {
  if (byte > 0xf4 || byte === 0xc0 || byte === 0xc1) return 1;
  if (byte >= 0xf0) return 4;
  if (byte >= 0xe0) return 3;
  return byte >= 0xc0 ? 2 : 1;
}
