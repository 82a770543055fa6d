/** Strings in a guest's memory, in the encodings of the canonical ABI. */
import { Trap } from '../errors.js';

export type Encoding = 'utf8' | 'utf16' | 'latin1+utf16';

/** In `latin1+utf16`, a bit of the length that says that the string is UTF-16. */
const UTF16_TAG = 0x80000000;

const decoders = {
  utf8: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }),
  utf16: new TextDecoder('utf-16le', { fatal: true, ignoreBOM: true }),
};

/** A string in memory. */
export interface EncodedString {
  readonly form: 'utf8' | 'utf16' | 'latin1';
  readonly bytes: number;
  readonly alignment: 1 | 2;
}

/**
 * The form of a string of this length, which counts bytes or units of two bytes, by the encoding.
 */
export function formOf(encoding: Encoding, length: number): EncodedString {
  if (encoding === 'utf8') return { form: 'utf8', bytes: length, alignment: 1 };
  if (encoding === 'utf16') return { form: 'utf16', bytes: length * 2, alignment: 2 };
  if (length < UTF16_TAG) return { form: 'latin1', bytes: length, alignment: 2 };
  return { form: 'utf16', bytes: (length - UTF16_TAG) * 2, alignment: 2 };
}

/** Throws a `Trap` for invalid text. */
export function decode(bytes: Uint8Array, form: EncodedString['form']): string {
  if (form === 'latin1') return Buffer.from(bytes).toString('latin1');
  try {
    return decoders[form].decode(bytes);
  } catch {
    throw new Trap(`a string is not ${form === 'utf8' ? 'UTF-8' : 'UTF-16'}`);
  }
}

/** The bytes of a text, and the length passed with them. */
export function encode(text: string, encoding: Encoding): { bytes: Uint8Array; length: number } {
  if (encoding === 'utf8') {
    const bytes = Buffer.from(text);
    return { bytes, length: bytes.length };
  }
  const whole = text.toWellFormed();
  if (encoding === 'latin1+utf16' && !/[^\0-\xff]/.test(whole)) {
    return { bytes: Buffer.from(whole, 'latin1'), length: whole.length };
  }
  const tag = encoding === 'utf16' ? 0 : UTF16_TAG;
  return { bytes: Buffer.from(whole, 'utf16le'), length: whole.length + tag };
}
