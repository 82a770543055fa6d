/** Core values that pass others, where values of several types may share a slot. */
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

  /** The next values as `types`, read from slots of the types `places`. */
  as(types: readonly CoreType[], places: readonly CoreType[]): FlatValues {
    return new FlatValues(
      types.map((type, index) => asType(this.#values[this.#next + index], places[index]!, type)),
    );
  }
}

/** A core value for a slot that it shares with values of other types. */
export function asPlace(value: unknown, type: CoreType, place: CoreType): unknown {
  if (place === type) return value;
  scratch.setBigInt64(0, 0n, true);
  if (type === 'f64') scratch.setFloat64(0, value as number, true);
  else if (type === 'f32') scratch.setFloat32(0, value as number, true);
  else scratch.setUint32(0, (value as number) >>> 0, true);
  return place === 'i64' ? scratch.getBigInt64(0, true) : scratch.getInt32(0, true);
}

/** A core value from a slot that it shares with values of other types. */
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
