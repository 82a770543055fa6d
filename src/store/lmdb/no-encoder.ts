/**
 * Stands in, in the build, for the encoder that lmdb uses for values that are not bytes: here all
 * are, and loading it would take a good part of a short command's time.
 */
export class Encoder {
  constructor() {
    throw new Error('every database of a store is binary');
  }
}
