/** Exports: from the records of a bucket to the blocks of a file. */
import { piecesOfValue } from '../answers/value-pieces.js';
import type { StoredRecords } from '../context.js';
import { KvError } from '../errors.js';
import { type Encoder, FormatError } from '../formats/format.js';
import { counted } from '../terminal/quantities.js';
import type { Output, Terminal } from '../terminal/terminal.js';

/** Bytes gathered into one write. */
const BLOCK_BYTES = 256 * 1024;

/**
 * Writes records as they are encoded, and shows the progress. Rejects with the signal's reason, and
 * with `too-large` for a value that the format cannot hold.
 */
export async function exportRecords(
  records: Iterable<StoredRecords>,
  encoder: Encoder,
  output: Output,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<void> {
  const progress = await terminal.progress(undefined);
  let bytes = 0;
  let count = 0;
  let expiring = 0;
  const send = async (block: Buffer) => {
    signal?.throwIfAborted();
    if (block.length > 0) await output.write(block);
    bytes += block.length;
    progress.update(bytes, counted(count, 'record'));
  };
  try {
    for (const some of records) {
      for (let position = 0; position < some.count; position++) {
        // Where some of the records expire, each is encoded by itself.
        if (!some.mayExpire) position = encoder.addPlain(some, position);
        if (position < some.count) {
          if (some.expires(position) !== undefined) expiring++;
          for (const piece of encoded(encoder, some, position)) await send(piece);
        }
        if (encoder.waiting >= BLOCK_BYTES) await send(encoder.take());
      }
      count += some.count;
    }
    await send(encoder.end());
  } finally {
    progress.stop();
  }
  if (expiring > 0 && !encoder.keepsExpiry) await terminal.stderr.write(unkeptExpiry(expiring));
}

/** The warning where the format cannot say when a record expires. */
export function unkeptExpiry(records: number): string {
  const some = counted(records, 'record expires', 'records expire');
  return `${some}, which this format cannot say: ndjson, csv and tsv can\n`;
}

/** Adds any other record, and yields blocks that are ready. */
function* encoded(encoder: Encoder, records: StoredRecords, position: number): Generator<Buffer> {
  const { bytes, places } = records;
  const key = bytes.toString('utf8', places[4 * position], places[4 * position + 1]);
  const value = records.value(position);
  if (value === undefined) return;
  try {
    const { size, expires } = value;
    if (value.kind === 'inline') encoder.add(key, value.read(0, size), expires);
    else yield* encoder.stream({ key, size, expires, pieces: () => piecesOfValue(value) });
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new KvError('too-large', `cannot export "${key}": ${error.message}`);
  } finally {
    value.close();
  }
}
