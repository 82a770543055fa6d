/** The source of a backup's bytes, read a part at a time. */
import { readSync } from 'node:fs';
import { ioError } from '../../errors.js';

export interface ByteSource {
  /**
   * The next `length` bytes, valid until the next call; undefined if there are fewer. Rejects as
   * reading does.
   */
  take(length: number): Promise<Buffer | undefined>;
  /** Whether the end has been reached. */
  isAtEnd(): Promise<boolean>;
  close(): Promise<void>;
}

/** A source over pieces, each valid until the next is asked for. */
export function sourceOfChunks(chunks: AsyncIterable<Uint8Array>): ByteSource {
  const iterator = chunks[Symbol.asyncIterator]();
  let memory = Buffer.alloc(0);
  /** The rest of the last piece. */
  let rest: Uint8Array = memory;
  const hasMore = async (): Promise<boolean> => {
    while (rest.length === 0) {
      const { done, value } = await iterator.next();
      if (done) return false;
      rest = value;
    }
    return true;
  };
  return {
    async take(length) {
      if (memory.length < length) memory = Buffer.allocUnsafeSlow(length);
      for (let taken = 0; taken < length; ) {
        if (!(await hasMore())) return undefined;
        const piece = rest.subarray(0, length - taken);
        memory.set(piece, taken);
        taken += piece.length;
        rest = rest.subarray(piece.length);
      }
      return memory.subarray(0, length);
    },
    async isAtEnd() {
      return !(await hasMore());
    },
    async close() {
      await iterator.return?.();
    },
  };
}

/** An open file, read from its beginning into memory that is reused. The opener closes it. */
export function sourceOfFile(descriptor: number, path: string): ByteSource {
  let memory = Buffer.alloc(0);
  let position = 0;
  const read = (bytes: Buffer): number => {
    try {
      return readSync(descriptor, bytes, 0, bytes.length, position);
    } catch (error) {
      throw ioError(`read "${path}"`, error);
    }
  };
  return {
    async take(length) {
      if (memory.length < length) memory = Buffer.allocUnsafeSlow(length);
      const wanted = memory.subarray(0, length);
      for (let done = 0; done < length; ) {
        const count = read(wanted.subarray(done));
        if (count === 0) return undefined;
        done += count;
        position += count;
      }
      return wanted;
    },
    isAtEnd: async () => read(Buffer.alloc(1)) === 0,
    close: async () => {},
  };
}
