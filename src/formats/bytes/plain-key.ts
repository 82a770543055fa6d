/** Writes keys without a call into native code, for the usual ASCII keys without escapes. */

/** Writes the key, and returns where it ends; -1 if a character of it needs an escape. */
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
