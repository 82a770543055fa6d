/** Decompresses an input: gzip, and zstd where Node has it. */
import { pipeline, Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { FormatError } from '../formats/format.js';
import type { Input } from '../terminal/terminal.js';

interface Compression {
  readonly name: string;
  /** The first bytes of such a file. */
  readonly head: Buffer;
  /** Undefined where this version of Node cannot. */
  readonly decompress: (() => Transform) | undefined;
}

/** In Node from 22.15 on. */
const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform };

const compressions: readonly Compression[] = [
  { name: 'gzip', head: Buffer.of(0x1f, 0x8b), decompress: () => zlib.createGunzip() },
  { name: 'zstd', head: Buffer.of(0x28, 0xb5, 0x2f, 0xfd), decompress: createZstdDecompress },
];

/** Bytes needed to recognise a compression. */
const HEAD_BYTES = 4;

/** The name of a compressed file without the ending of its compression. */
export function nameWithin(path: string): string {
  return path.replace(/\.(?:gz|zst|zstd)$/i, '');
}

/** The input, decompressed if it is compressed; its chunks may reject with a FormatError. */
export function decompressed(input: Input): Input {
  return { ...input, chunks: () => plainChunks(input.chunks()) };
}

async function* plainChunks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const pieces = chunks[Symbol.asyncIterator]();
  try {
    const { head, isOver } = await headOf(pieces);
    const found = compressions.find((one) => head.subarray(0, one.head.length).equals(one.head));
    const rest = isOver ? [head] : [head, { [Symbol.asyncIterator]: () => pieces }];
    // Where it cannot be decompressed, the reader of the text says so, and how to do it.
    if (found?.decompress === undefined) yield* joined(rest);
    else yield* through(found, found.decompress, rest);
  } finally {
    await pieces.return?.();
  }
}

/** The first bytes, enough to recognise a compression; they stay valid. */
async function headOf(
  pieces: AsyncIterator<Uint8Array>,
): Promise<{ head: Buffer; isOver: boolean }> {
  let head = Buffer.alloc(0);
  while (head.length < HEAD_BYTES) {
    const { done, value } = await pieces.next();
    if (done) return { head, isOver: true };
    head = Buffer.concat([head, value]);
  }
  return { head, isOver: false };
}

type Part = Uint8Array | AsyncIterable<Uint8Array>;

async function* joined(parts: readonly Part[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Uint8Array) {
      if (part.length > 0) yield part;
    } else yield* part;
  }
}

async function* through(
  { name }: Compression,
  decompress: () => Transform,
  parts: readonly Part[],
): AsyncGenerator<Uint8Array> {
  let failure: unknown;
  const source = async function* () {
    try {
      // A stream reads ahead, but a piece is valid only until the next is asked for.
      for await (const piece of joined(parts)) yield Buffer.from(piece);
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  const output = pipeline(Readable.from(source(), { objectMode: false }), decompress(), () => {});
  try {
    for await (const chunk of output) yield chunk as Buffer;
  } catch (error) {
    if (failure !== undefined) throw failure;
    const { code } = error as NodeJS.ErrnoException;
    const isCut = code === 'Z_BUF_ERROR' || code === 'ERR_STREAM_PREMATURE_CLOSE';
    throw new FormatError(1, `what is compressed with ${name} is ${isCut ? 'cut off' : 'damaged'}`);
  }
}
