/** Contents for large values, in which every place differs from its neighbours. */

/**
 * That many bytes, of which no stretch of four occurs at another place: bytes that are lost, doubled
 * or exchanged show. Another seed gives other bytes.
 */
export function patternedBytes(length: number, seed = 0): Buffer {
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let index = 0; index < words.length; index++) {
    words[index] = Math.imul(index ^ (seed << 24), 0x9e3779b1);
  }
  return Buffer.from(words.buffer, 0, length);
}
