/** NDJSON: a JSON object a line, `{"key":"k","value":"text"}`, with `"base64":true` for bytes. */
import { type Format, WHOLE_RECORD_LIMIT_BYTES } from '../format.js';
import { RecordSplitter } from '../record-splitter.js';
import { NdjsonEncoder } from './encoder.js';
import { NdjsonReader } from './reader.js';

export const format: Format = {
  counts: 'line',
  decoder: (sink, limit = WHOLE_RECORD_LIMIT_BYTES) =>
    new RecordSplitter(new NdjsonReader(sink, limit), sink, limit),
  encoder: () => new NdjsonEncoder(),
};
