/** Writing keys, most of which are ASCII and need no escapes, without a call into native code. */

/** Writes the key, and returns where it ends; -1 where it has characters that cannot stand as is. */
export function writePlainKey(
  key: string,
  out: Uint8Array,
  outStart: number,
  isSpecial: Uint8Array,
): number {
  let to = outStart;
  for (let index = 0; index < key.length; index++) {
    const unit = key.charCodeAt(index);
    if (unit >= 0x80 || isSpecial[unit] === 1) return -1;
    out[to++] = unit;
  }
  return to;
}
