/** Hash slots of a Redis Cluster. */

/** The number of slots of every cluster. */
const SLOTS = 16_384;

/** The slot of a key: that of its hash tag, if it has one. */
export function slotOf(key: string): number {
  const start = key.indexOf('{');
  const end = start === -1 ? -1 : key.indexOf('}', start + 1);
  const hashed = end > start + 1 ? key.slice(start + 1, end) : key;
  return crc16(Buffer.from(hashed)) % SLOTS;
}

/** CRC-16/XMODEM, as in the cluster specification. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) {
      crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
    }
  }
  return crc;
}
