/** Bytes that are not all UTF-8 as text, without loss. */

/** For latin-1 text: valid characters of UTF-8, or one byte that does not belong to any. */
const charactersOrByte =
  /((?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})+)|[\s\S]/g;

/** The longest incomplete character, in bytes. */
const CUT_BYTES = 3;

/**
 * The pieces of a value as text, which `escape` transforms; a byte that is not UTF-8 becomes
 * `\xHH`. A piece may end within a character.
 */
export function* escapedBytes(
  pieces: Iterable<Uint8Array>,
  escape: (text: string) => string,
): Generator<string> {
  let rest = '';
  const translate = (latin1: string) =>
    latin1.replace(charactersOrByte, (found, characters?: string) =>
      characters === undefined ? byteEscape(found) : escape(utf8Of(characters)),
    );
  for (const piece of pieces) {
    const { buffer, byteOffset, length } = piece;
    const latin1 = rest + Buffer.from(buffer, byteOffset, length).toString('latin1');
    const end = latin1.length - cutLength(latin1);
    rest = latin1.slice(end);
    yield translate(latin1.slice(0, end));
  }
  yield translate(rest);
}

/** How many bytes at the end may begin a character. */
function cutLength(latin1: string): number {
  for (let back = 1; back <= Math.min(CUT_BYTES, latin1.length); back++) {
    const byte = latin1.charCodeAt(latin1.length - back);
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return back < length ? back : 0;
  }
  return 0;
}

function utf8Of(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString();
}

function byteEscape(latin1: string): string {
  return `\\x${latin1.charCodeAt(0).toString(16)}`;
}
