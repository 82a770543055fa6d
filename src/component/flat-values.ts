/** Core values in which others are passed, several kinds of which may share a place. */
import type { CoreType } from './types.js';

/** Reads core values, one after the other. */
export class FlatValues {
  readonly #values: readonly unknown[];
  #next: number;

  constructor(values: readonly unknown[], next = 0) {
    this.#values = values;
    this.#next = next;
  }

  next(): unknown {
    return this.#values[this.#next++];
  }

  skip(count: number): void {
    this.#next += count;
  }

  /** The next ones as these types, out of places for those. */
  as(types: readonly CoreType[], places: readonly CoreType[]): FlatValues {
    return new FlatValues(
      types.map((type, index) => asType(this.#values[this.#next + index], places[index]!, type)),
    );
  }
}

/** A core value for a place that it shares with others of another type. */
export function asPlace(value: unknown, type: CoreType, place: CoreType): unknown {
  if (place === type) return value;
  scratch.setBigInt64(0, 0n, true);
  if (type === 'f64') scratch.setFloat64(0, value as number, true);
  else if (type === 'f32') scratch.setFloat32(0, value as number, true);
  else scratch.setUint32(0, (value as number) >>> 0, true);
  return place === 'i64' ? scratch.getBigInt64(0, true) : scratch.getInt32(0, true);
}

/** A core value that was joined with others of another type. */
function asType(value: unknown, place: CoreType, type: CoreType): unknown {
  if (place === type) return value;
  if (place === 'i64') {
    scratch.setBigInt64(0, value as bigint, true);
    if (type === 'f64') return scratch.getFloat64(0, true);
  } else {
    scratch.setInt32(0, value as number, true);
  }
  return type === 'f32' ? scratch.getFloat32(0, true) : scratch.getInt32(0, true);
}

const scratch = new DataView(new ArrayBuffer(8));
