/** NDJSON: a JSON object a line, `{"key":"k","value":"text"}`, with `"base64":true` for bytes. */
import { type Format, type Remedy, WHOLE_RECORD_LIMIT_BYTES } from '../format.js';
import { RecordSplitter } from '../record-splitter.js';
import { NdjsonEncoder } from './encoder.js';
import { NdjsonReader } from './reader.js';

export const format: Format = {
  counts: 'line',
  remedy,
  decoder: (sink, limit = WHOLE_RECORD_LIMIT_BYTES) =>
    new RecordSplitter(new NdjsonReader(sink, limit), sink, limit),
  encoder: () => new NdjsonEncoder(),
};

/** The input may be a JSON array, or objects over several lines. */
function remedy(record: Uint8Array): Remedy | undefined {
  const text = Buffer.from(record).toString('latin1').trim();
  if (text.startsWith('[')) return { hint: 'for a JSON array: --format json' };
  const isCut = text.startsWith('{') && !text.endsWith('}');
  return isCut ? { hint: 'a record has to be on one line', filter: 'jq -c .' } : undefined;
}
