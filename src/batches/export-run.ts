/** Exporting: from the records of a bucket to the blocks of a file. */
import type { StoredRecords, StoredValue } from '../context.js';
import { KvError } from '../errors.js';
import { type Encoder, FormatError, type RecordSpan } from '../formats/format.js';
import type { Output, Terminal } from '../terminal/terminal.js';

/** Bytes gathered before they are written. */
const BLOCK_BYTES = 256 * 1024;

/**
 * Writes records as they are encoded, and shows the progress. Rejects with the signal's reason once
 * there is one, and with `too-large` for a value that the format cannot hold.
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
  const span = new Span();
  const send = async (block: Buffer) => {
    signal?.throwIfAborted();
    if (block.length > 0) await output.write(block);
    bytes += block.length;
    progress.update(bytes, `${count} records`);
  };
  try {
    for (const some of records) {
      for (let position = 0; position < some.count; position++) {
        // Most records have their values at hand, and the format takes them as they are.
        if (!(span.goTo(some, position) && encoder.addPlain(span))) {
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
}

/** The place of each record in turn: one object for all. */
class Span implements RecordSpan {
  bytes: Buffer = Buffer.alloc(0);
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;

  /** Goes to a record; false where its value is not at hand. */
  goTo({ bytes, places }: StoredRecords, position: number): boolean {
    const place = 4 * position;
    if (this.bytes !== bytes) this.bytes = bytes;
    this.keyStart = places[place]!;
    this.keyEnd = places[place + 1]!;
    this.valueStart = places[place + 2]!;
    this.valueEnd = places[place + 3]!;
    return this.valueStart >= 0;
  }
}

/** Adds any other record, and yields what is ready to be written. */
function* encoded(encoder: Encoder, records: StoredRecords, position: number): Generator<Buffer> {
  const { bytes, places } = records;
  const key = bytes.toString('utf8', places[4 * position], places[4 * position + 1]);
  const value = records.value(position);
  if (value === undefined) return;
  try {
    if (value.kind === 'inline') encoder.add(key, value.read(0, value.size));
    else yield* encoder.stream({ key, size: value.size, pieces: () => piecesOf(value) });
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new KvError('too-large', `cannot export "${key}": ${error.message}`);
  } finally {
    value.close();
  }
}

function* piecesOf(value: StoredValue): Generator<Uint8Array> {
  for (let position = 0; position < value.size; ) {
    const piece = value.read(position, value.size - position);
    position += piece.length;
    yield piece;
  }
}
