/** The header of a dump of LMDB. */
import { FormatError } from './format.js';

/** How the dump spells bytes. */
export type MdbSpelling = 'bytevalue' | 'print';

/** The end of a header, and of the records that follow it. */
export const headerEnd = 'HEADER=END';
export const dataEnd = 'DATA=END';

export class MdbHeader {
  spelling: MdbSpelling = 'bytevalue';
  #begun = false;

  /** Takes a line. True with the last one. Throws a FormatError for what cannot be read. */
  take(text: string, line: number): boolean {
    const [name, value] = [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)];
    if (!this.#begun && name !== 'VERSION') {
      throw new FormatError(line, 'not a dump of mdb_dump: it does not begin with VERSION=3');
    }
    this.#begun = true;
    if (text === headerEnd) return true;
    if (!isReadable(name, value)) throw new FormatError(line, `a dump with ${text} cannot be read`);
    if (name === 'format') this.spelling = value as MdbSpelling;
    return false;
  }
}

function isReadable(name: string, value: string): boolean {
  switch (name) {
    case 'VERSION':
      return value === '3';
    case 'format':
      return value === 'bytevalue' || value === 'print';
    case 'type':
      return value === 'btree';
    // Keys with several values each, which a bucket cannot hold.
    case 'duplicates':
    case 'dupsort':
      return value === '0';
    case '':
    case 'DATA':
      return false;
    default:
      return true;
  }
}
