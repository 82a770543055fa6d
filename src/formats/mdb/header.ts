/** The header of a dump of LMDB. */
import { CARRIAGE_RETURN } from '../bytes/ascii.js';
import { FormatError } from '../format.js';
import { headerEnd } from './lines.js';
import { BytevalueText, type MdbText, PrintText } from './text.js';

/** Characters shown of a line that cannot be read. */
const SHOWN_UNITS = 60;

/**
 * Known headers, of LMDB and of Berkeley DB. Those not used here say how the file was made or
 * sorted.
 */
const known: readonly string[] = [
  ...['VERSION', 'format', 'type', 'database', 'duplicates', 'dupsort', 'keys'],
  ...['mapsize', 'maxreaders', 'db_pagesize', 'integerkey', 'reversekey'],
  ...['dupfixed', 'integerdup', 'reversedup', 'db_lorder', 'bt_minkey', 'chksum'],
];

export class MdbHeader {
  /** The encoding of the records. */
  text: MdbText = new BytevalueText();
  /** The database's name; undefined if it has none. */
  database: Buffer | undefined;
  /** The names of its unknown headers. */
  readonly unknown: string[] = [];
  #begun = false;

  /** Takes a line; true for the last one. Throws a FormatError if it cannot be read. */
  take(bytes: Buffer, line: number): boolean {
    const content = bytes.toString().trimEnd();
    const [name, value] = content.split('=', 2);
    if (!this.#begun && name !== 'VERSION') {
      throw new FormatError(line, 'not a dump of mdb_dump: VERSION=3 is missing');
    }
    this.#begun = true;
    if (content === headerEnd) return true;
    if (value === undefined || !isReadable(name!, value)) {
      const shown = content.slice(0, SHOWN_UNITS);
      throw new FormatError(line, `a dump with the header "${shown}" cannot be read`);
    }
    if (!known.includes(name!)) this.unknown.push(name!.slice(0, SHOWN_UNITS));
    // The name is the whole rest of the line, also a space at its end.
    if (name === 'database')
      this.database = Buffer.from(withoutReturn(bytes).subarray('database='.length));
    if (name === 'format') this.text = value === 'print' ? new PrintText() : new BytevalueText();
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
    // Several values for a key, which a bucket cannot hold.
    case 'duplicates':
    case 'dupsort':
      return value === '0';
    // Values without keys.
    case 'keys':
      return value === '1';
    default:
      return true;
  }
}

function withoutReturn(bytes: Buffer): Buffer {
  return bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes;
}
