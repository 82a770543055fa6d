/**
 * Stands in, in the build, for what lmdb encodes values and keys with that are not bytes: here all are,
 * and loading it would take a good part of a short command's time (the one for keys makes its code anew
 * each time).
 */
export class Encoder {
  constructor() {
    refuse();
  }
}

/** lmdb calls it when it loads. */
export function enableNullTermination(): void {}

export {
  refuse as compareKeys,
  refuse as fromBufferKey,
  refuse as readKey,
  refuse as toBufferKey,
  refuse as writeKey,
};

function refuse(): never {
  throw new Error('every database of a store is binary');
}
