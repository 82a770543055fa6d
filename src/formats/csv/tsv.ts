/**
 * Tab-separated values: CSV with tabs for commas. A field that begins with a quote is quoted as in
 * CSV; a quote elsewhere is an ordinary character, as in the output of programs that do not quote.
 */

import { type Format, WHOLE_RECORD_LIMIT_BYTES } from '../format.js';
import { RecordSplitter } from '../record-splitter.js';
import { tabs } from './dialect.js';
import { CsvEncoder } from './encoder.js';
import { CsvReader } from './reader.js';

export const format: Format = {
  counts: 'line',
  decoder: (sink, limit = WHOLE_RECORD_LIMIT_BYTES, readOptions = undefined) =>
    new RecordSplitter(new CsvReader(tabs, sink, limit, readOptions), sink, limit),
  encoder: (limit = WHOLE_RECORD_LIMIT_BYTES) => new CsvEncoder(tabs, limit),
};
