/** A hex dump, as `hexdump -C` prints it. */

/**
 * Lines with an offset, 16 bytes (8 if the terminal has fewer than 80 `columns`), and their ASCII.
 * Each ends with a newline; no bytes give no lines. `offset` is that of the first byte.
 */
export function hexDump(bytes: Uint8Array, offset = 0, columns = 80): string {
  const width = columns < 80 ? 8 : 16;
  let dump = '';
  for (let start = 0; start < bytes.length; start += width) {
    dump += line(bytes.subarray(start, start + width), offset + start, width);
  }
  return dump;
}

function line(bytes: Uint8Array, offset: number, width: number): string {
  const address = offset.toString(16).padStart(8, '0');
  const groups: string[] = [];
  for (let start = 0; start < width; start += GROUP) {
    groups.push(hexOf(bytes.subarray(start, start + GROUP)));
  }
  return `${address}  ${groups.join('  ')}  |${asciiOf(bytes)}|\n`;
}

/** Bytes between two wider gaps. */
const GROUP = 8;

function hexOf(bytes: Uint8Array): string {
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  return pairs.join(' ').padEnd(GROUP * 3 - 1);
}

function asciiOf(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(/[^ -~]/g, '.');
}
