/**
 * The text format of LMDB's `mdb_dump` and `mdb_load` (and of Berkeley DB's `db_dump`): a header,
 * alternating lines of keys and values, `DATA=END`. Both encodings, `bytevalue` and `print`, are
 * read; `bytevalue` is written. A dump may hold several databases, each with a header that names
 * it.
 *
 * `mdb_dump -p` up to LMDB 0.9.24 at least leaves backslashes unescaped, so some of its dumps are
 * ambiguous, for `mdb_load` too; a dump without -p never is. `mdb_load` in its default build
 * refuses keys over 511 bytes.
 */
import { type Format, WHOLE_RECORD_LIMIT_BYTES } from '../format.js';
import { RecordSplitter } from '../record-splitter.js';
import { MdbEncoder } from './encoder.js';
import { MdbReader } from './reader.js';

export const format: Format = {
  counts: 'line',
  decoder: (sink, limit = WHOLE_RECORD_LIMIT_BYTES) =>
    new RecordSplitter(new MdbReader(sink, limit), sink, limit),
  encoder: () => new MdbEncoder(),
};
