/** Bytes for a person to look at, as `hexdump -C` shows them. */

/**
 * Lines of an offset, 16 bytes, and their ASCII, within 80 columns up to an offset of 1 TiB. Each
 * ends with a newline; no bytes give no lines. `offset` is that of the first byte.
 */
export function hexDump(bytes: Uint8Array, offset = 0): string {
  let dump = '';
  for (let start = 0; start < bytes.length; start += WIDTH) {
    dump += line(bytes.subarray(start, start + WIDTH), offset + start);
  }
  return dump;
}

/** Bytes in a line. */
const WIDTH = 16;

function line(bytes: Uint8Array, offset: number): string {
  const address = offset.toString(16).padStart(8, '0');
  const left = hexOf(bytes.subarray(0, WIDTH / 2));
  const right = hexOf(bytes.subarray(WIDTH / 2));
  return `${address}  ${left}  ${right}  |${asciiOf(bytes)}|\n`;
}

function hexOf(bytes: Uint8Array): string {
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  return pairs.join(' ').padEnd((WIDTH / 2) * 3 - 1);
}

function asciiOf(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('latin1')
    .replace(/[^ -~]/g, '.');
}
