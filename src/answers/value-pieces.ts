import type { StoredValue } from '../context.js';

/** The bytes of a value that was read, a piece at a time. Throws `damaged`, `io`. */
export function* piecesOfValue(value: StoredValue): Generator<Uint8Array> {
  for (let position = 0; position < value.size; ) {
    const piece = value.read(position, value.size - position);
    position += piece.length;
    yield piece;
  }
}
