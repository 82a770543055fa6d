/** The file of a store, opened for reading beside LMDB. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { ioError } from '../../../errors.js';
import { badPage, Fault, type Page } from './page.js';
import { hasHeader, P_OVERFLOW, PAGE_COUNT_OFFSET, PAGE_HEADER_BYTES } from './page-header.js';

export class StoreFile {
  readonly path: string;
  /** Bytes. */
  pageSize: number;
  readonly #descriptor: number;

  /** Throws `io`. */
  constructor(path: string, pageSize: number) {
    this.path = path;
    this.pageSize = pageSize;
    try {
      // Opening a pipe in its place would wait for the other end.
      this.#descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      throw ioError(`open store file "${path}"`, error);
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** Bytes of the file; undefined if it is a folder, a pipe or a device. */
  get size(): number | undefined {
    const stats = fstatSync(this.#descriptor);
    return stats.isFile() ? stats.size : undefined;
  }

  /** The bytes at `position`; undefined if the file ends before the last of them. Throws `io`. */
  read(position: number, length: number): Buffer | undefined {
    const bytes = Buffer.allocUnsafeSlow(length);
    return this.readInto(bytes, position) ? bytes : undefined;
  }

  /** Fills `bytes` from `position` on; false if the file ends before. Throws `io`. */
  readInto(bytes: Buffer, position: number): boolean {
    const { length } = bytes;
    try {
      for (let read = 0; read < length; ) {
        const count = readSync(this.#descriptor, bytes, read, length - read, position + read);
        if (count === 0) return false;
        read += count;
      }
      return true;
    } catch (error) {
      throw ioError(`read store file "${this.path}"`, error);
    }
  }

  /** Adjacent pages. Throws `io`. */
  readPages(first: number, count: number): Buffer | Fault {
    const bytes = this.read(first * this.pageSize, count * this.pageSize);
    return bytes ?? new Fault('it ends before its last page');
  }

  /** The data of a node, on its page or on pages of its own. Throws `io`. */
  dataOf(page: Page, node: number, newest: bigint): Buffer | Fault {
    const data = page.data(node);
    return page.isElsewhere(node) ? this.readOverflow(data, page.dataSize(node), newest) : data;
  }

  /**
   * The data of a node with pages of its own, by a transaction not after `newest`: all `size`
   * bytes, or the first `length`. Throws `io`.
   */
  readOverflow(reference: Buffer, size: number, newest: bigint, length = size): Buffer | Fault {
    const number = Number(reference.readBigUInt64LE(0));
    const start = number * this.pageSize;
    const header = this.read(start, PAGE_HEADER_BYTES);
    if (header === undefined) return new Fault('it ends before its last page');
    const pages = header.readUInt32LE(PAGE_COUNT_OFFSET);
    const isWhole =
      hasHeader(header, number, P_OVERFLOW, newest) &&
      BigInt(pages) === reference.readBigUInt64LE(16) &&
      PAGE_HEADER_BYTES + size <= pages * this.pageSize;
    if (!isWhole) return badPage(number);
    const bytes = this.read(start + PAGE_HEADER_BYTES, Math.min(size, length));
    return bytes ?? new Fault('it ends before its last page');
  }
}
