/** The forms in which a value can be shown, each from its pieces as they come. */
import { jsonRendering } from './json-layout.js';
import { visibleText } from './visible.js';

type Pieces = Iterable<Uint8Array>;

export const renderings = {
  /** The bytes unchanged. */
  raw: (pieces: Pieces): Iterable<Uint8Array | string> => pieces,

  /** UTF-8 text with control characters escaped; bytes that are not UTF-8 show as U+FFFD. */
  *text(pieces: Pieces): Iterable<Uint8Array | string> {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    for (const piece of pieces) yield visibleText(decoder.decode(piece, { stream: true }));
    yield visibleText(decoder.decode());
  },

  /** Laid out in lines, ended by a newline. Throws `rejected` if it is not JSON, `too-large`. */
  json: (pieces: Pieces): Iterable<Uint8Array | string> => jsonRendering(pieces),

  /** Two lower-case digits a byte. */
  *hex(pieces: Pieces): Iterable<Uint8Array | string> {
    for (const piece of pieces) yield bufferOf(piece).toString('hex');
  },

  /** Base64 with padding, on one line. */
  *base64(pieces: Pieces): Iterable<Uint8Array | string> {
    let rest = Buffer.alloc(0);
    for (const piece of pieces) {
      const bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : bufferOf(piece);
      // Three bytes are four digits: only whole groups can be written before the end.
      const whole = bytes.length - (bytes.length % 3);
      rest = Buffer.from(bytes.subarray(whole));
      yield bytes.subarray(0, whole).toString('base64');
    }
    yield rest.toString('base64');
  },
} as const;

export type Rendering = keyof typeof renderings;

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
