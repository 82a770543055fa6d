/** Decides whether a value can be shown as text. */
import { isUtf8 } from 'node:buffer';

/**
 * True for UTF-8 without binary control bytes: allowed of C0 are `\a \b \t \n \f \r \e`, as in
 * file(1), so that coloured logs and formatted manuals are text and anything with a NUL is not.
 * Only a part of a value may begin or end inside a character. No bytes are text.
 */
export function isText(whole: Uint8Array, { begun, goesOn }: Part): boolean {
  const bytes = begun ? whole.subarray(startOfWholeCharacters(whole)) : whole;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (binaryControls.test(buffer.toString('latin1'))) return false;
  if (!goesOn) return isUtf8(bytes);
  const end = endOfWholeCharacters(bytes);
  if (!isUtf8(bytes.subarray(0, end))) return false;
  return end === bytes.length || beginsCharacter(bytes.subarray(end));
}

/** Which part of a value the bytes are: whether others precede and follow them. */
export interface Part {
  readonly begun: boolean;
  readonly goesOn: boolean;
}

/** After what may be the end of a character. */
function startOfWholeCharacters(bytes: Uint8Array): number {
  let start = 0;
  while (start < Math.min(3, bytes.length) && bytes[start]! >= 0x80 && bytes[start]! < 0xc0)
    start++;
  return start;
}

/** Bytes that are single characters in UTF-8 too, so that they are found without decoding. */
const binaryControls = /[\x00-\x06\x0b\x0e-\x1a\x1c-\x1f\x7f]/;

/** Where the last character begins, if it is cut; else the end. */
function endOfWholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) break;
    if (byte >= 0xc0) return back < lengthFrom(byte) ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Bytes of a character with this first byte. */
function lengthFrom(lead: number): number {
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
}

/** The byte after a lead byte has a range within 0x80…0xbf that contains one of its ends. */
function beginsCharacter(cut: Uint8Array): boolean {
  const missing = lengthFrom(cut[0]!) - cut.length;
  return [0x80, 0xbf].some((filler) => isUtf8(Buffer.concat([cut, Buffer.alloc(missing, filler)])));
}
