import { defineCommand } from '../command.js';
import type { Context, StoredRecords, StoredValue } from '../context.js';
import { KvError } from '../errors.js';
import { type Encoder, FormatError } from '../formats/format.js';
import { formatOfFile, loadFormat, writtenFormatNames } from '../formats/index.js';
import { parseOneOf } from '../options/option-values.js';
import { unlessAborted } from '../terminal/pump.js';
import type { Output } from '../terminal/terminal.js';

/** Bytes gathered before they are written. */
const BLOCK_BYTES = 256 * 1024;

const parseFormat = parseOneOf(writtenFormatNames);

export const command = defineCommand({
  name: 'export',
  summary: 'Print all records, to be imported again',
  details: `What is printed is the state of one moment, whoever writes meanwhile, in the order of the keys. Imported
again it gives the same bucket, byte for byte.`,
  // What is missing must not become an empty backup.
  access: 'inspect',
  arguments: [
    { name: 'prefix', summary: 'only keys that begin with it', optional: true, completes: 'key' },
  ],
  options: {
    output: {
      short: 'o',
      value: 'FILE',
      summary: 'write to FILE, which appears whole or not at all; - is stdout',
      completes: 'file',
    },
    format: {
      value: 'FORM',
      summary: `${writtenFormatNames.join(', ')}; else what FILE is called, else ndjson`,
      parse: parseFormat,
      completes: writtenFormatNames,
    },
  },
  examples: [
    { line: 'kv export > all.ndjson', summary: 'a line a record' },
    { line: 'kv export user/ -o users.csv', summary: 'a part, as CSV' },
  ],

  async run(context, { prefix, output: path = '-', format }) {
    const name = format ?? parseFormat(formatOfFile(path) ?? 'ndjson');
    const encoder = (await loadFormat(name)).encoder!();
    const records = context.keyvalue.listing.listRecords(context.bucketToRead(), { prefix });
    if (path === '-') return write(context, encoder, records, context.terminal.stdout);
    await context.interruptible(async (signal) => {
      const file = await unlessAborted(context.terminal.openOutput(path), signal);
      try {
        await write(context, encoder, records, file, signal);
        await file.commit();
      } finally {
        await file.abandon();
      }
    });
  },
});

async function write(
  context: Context,
  encoder: Encoder,
  records: Iterable<StoredRecords>,
  output: Output,
  signal?: AbortSignal,
): Promise<void> {
  const progress = await context.terminal.progress(undefined);
  let bytes = 0;
  let count = 0;
  const send = async (block: Buffer) => {
    signal?.throwIfAborted();
    if (block.length > 0) await output.write(block);
    bytes += block.length;
    progress.update(bytes, `${count} records`);
  };
  try {
    for (const some of records) {
      for (let position = 0; position < some.count; position++) {
        if (!addPlain(encoder, some, position)) {
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

/** Adds a record whose value is at hand and which the format takes as it is. */
function addPlain(encoder: Encoder, { bytes, places }: StoredRecords, position: number): boolean {
  const place = 4 * position;
  const valueStart = places[place + 2]!;
  if (valueStart < 0) return false;
  const [keyStart, keyEnd] = [places[place]!, places[place + 1]!];
  return encoder.addPlain(bytes, keyStart, keyEnd, valueStart, places[place + 3]!);
}

/** Adds any other record, and gives what of it is ready to be written. */
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
