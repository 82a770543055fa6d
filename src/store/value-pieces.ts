import type { StoredValue } from './record.js';

/** The bytes of a value, a piece at a time. Throws `damaged`, `io`. */
export function* piecesOf(value: StoredValue): Generator<Uint8Array> {
  for (let position = 0; position < value.size; ) {
    const piece = value.read(position, value.size - position);
    yield piece;
    position += piece.length;
  }
}
