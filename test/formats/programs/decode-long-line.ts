/** Decodes a line of a given length. Says what came of it, and how much memory the process took. */
import { format as csv } from '../../../src/formats/csv/csv.js';
import type { Format } from '../../../src/formats/format.js';
import { format as json } from '../../../src/formats/json/json.js';
import { format as mdb } from '../../../src/formats/mdb/mdb.js';
import { format as ndjson } from '../../../src/formats/ndjson/ndjson.js';

const formats: Readonly<Record<string, Format>> = { ndjson, json, csv, mdb };
const PIECE_BYTES = 256 * 1024;

const [name, begin, repeated, end, bytes] = process.argv.slice(2);

const said: (string | number)[] = [];
let valueBytes = 0;
const decoder = formats[name!]!.decoder({
  expiresOf: () => 1,
  record: (line) => said.push('record', line),
  beginValue: (line) => said.push('begin', line),
  valuePiece(piece) {
    valueBytes += piece.length;
  },
  endValue: () => said.push('end', valueBytes),
  abandonValue: (line, reason) => said.push('abandon', line, reason),
  reject: (line, reason, raw) => said.push('reject', line, reason, raw.length),
  through() {},
  place() {},
  database() {},
  unknownColumns() {},
  unknownHeaders() {},
  unknownMembers: () => false,
});

const piece = Buffer.from(repeated!.repeat(PIECE_BYTES / repeated!.length));
decoder.push(Buffer.from(begin!));
for (let left = Number(bytes); left > 0; left -= piece.length) decoder.push(piece);
decoder.push(Buffer.from(end!));
decoder.end();
process.send!({ said, peakBytes: process.resourceUsage().maxRSS * 1024 }, () =>
  process.disconnect(),
);
