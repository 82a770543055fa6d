/**
 * Replaces, in the build, lmdb's encoders of values and keys that are not bytes: here all are
 * bytes, and loading the encoders would take a good part of a short command's time (the one for
 * keys generates its code each time).
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
