/**
 * JSON: one array of the objects that NDJSON has one a line, as Cloudflare's tools write them too.
 * It is only read. The elements are found by their brackets and quotes and read one by one, which
 * LIBRARIES
 */
import { type Format, WHOLE_RECORD_LIMIT_BYTES } from './format.js';
import { JsonArrayReader } from './json-array-reader.js';
import { RecordSplitter } from './record-splitter.js';

export const format: Format = {
  decoder: (sink, limit = WHOLE_RECORD_LIMIT_BYTES) =>
    new RecordSplitter(new JsonArrayReader(sink, limit), sink, limit),
};
