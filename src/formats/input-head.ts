/**
 * Checks how an input begins: a byte order mark is removed, and input that is not UTF-8 text is
 * refused with its kind.
 */
import { FormatError } from './format.js';

interface Kind {
  readonly name: string;
  readonly bytes: readonly number[];
  /** The program that converts it to UTF-8. */
  readonly filter: string;
}

/** A longer beginning comes before its own prefix. */
const kinds: readonly Kind[] = [
  kind('UTF-32', 'iconv -f UTF-32 -t UTF-8', 0xff, 0xfe, 0, 0),
  kind('UTF-16', 'iconv -f UTF-16 -t UTF-8', 0xff, 0xfe),
  kind('UTF-16', 'iconv -f UTF-16 -t UTF-8', 0xfe, 0xff),
  kind('compressed with gzip', 'zcat', 0x1f, 0x8b),
  kind('compressed with zstd', 'zstdcat', 0x28, 0xb5, 0x2f, 0xfd),
  kind('compressed with xz', 'xzcat', 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0),
  kind('compressed with lz4', 'lz4cat', 0x04, 0x22, 0x4d, 0x18),
  kind('compressed with bzip2', 'bzcat', ...Buffer.from('BZh91AY&SY')),
  kind('a zip archive', 'unzip -p', ...Buffer.from('PK\x03\x04')),
];

const byteOrderMark = Buffer.from('\ufeff');

/**
 * Bytes that tell UTF-16 without a byte order mark: two characters, each with a half that is NUL.
 */
const TELLING_BYTES = 4;

export class InputHead {
  #held: Buffer = Buffer.alloc(0);
  #isOver = false;

  /**
   * The bytes that can be handed on, now that these have come: none while they may begin something
   * that is not text. Throws a FormatError if it is not text.
   */
  push(bytes: Buffer): Buffer {
    if (this.#isOver) return bytes;
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    if (!mayBegin(this.#held)) return this.end();
    // A copy, because the caller may reuse the bytes.
    this.#held = Buffer.from(this.#held);
    return Buffer.alloc(0);
  }

  /** The rest at the end of the input. Throws as `push` does. */
  end(): Buffer {
    if (this.#isOver) return Buffer.alloc(0);
    this.#isOver = true;
    const head = this.#held;
    this.#held = Buffer.alloc(0);
    const found = kinds.find(({ bytes }) => beginsWith(head, bytes)) ?? unmarkedUtf16(head);
    if (found) {
      throw new FormatError(1, `it is ${found.name}, not UTF-8`, { filter: found.filter });
    }
    return beginsWith(head, byteOrderMark) ? head.subarray(byteOrderMark.length) : head;
  }
}

/** Whether more bytes are needed to know the kind. */
function mayBegin(head: Buffer): boolean {
  if (head.length < TELLING_BYTES && head.includes(0)) return true;
  if (head.length < 2) return true;
  return [...kinds.map(({ bytes }) => bytes), byteOrderMark].some(
    (bytes) => head.length < bytes.length && beginsWith(Buffer.from(bytes), head),
  );
}

/** A single NUL does not tell UTF-16; the reader of the text rejects it. */
function unmarkedUtf16(head: Buffer): Kind | undefined {
  if (head.length < 2 || head.length === 3) return undefined;
  const isNul = [...head.subarray(0, TELLING_BYTES)].map((byte) => byte === 0);
  const isOf = (first: boolean) =>
    isNul.every((its, at) => its === (at % 2 === 0 ? first : !first));
  const name = isOf(true) ? 'UTF-16BE' : isOf(false) ? 'UTF-16LE' : undefined;
  return name && kind('UTF-16', `iconv -f ${name} -t UTF-8`);
}

function kind(name: string, filter: string, ...bytes: number[]): Kind {
  return { name, bytes, filter };
}

function beginsWith(bytes: Buffer, head: ArrayLike<number>): boolean {
  for (let at = 0; at < head.length; at++) if (bytes[at] !== head[at]) return false;
  return bytes.length >= head.length;
}
