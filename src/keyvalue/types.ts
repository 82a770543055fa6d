/** wasi:keyvalue/types@0.2.0-draft */
import type { Store } from '../store/store.js';
import { bucketsOf } from './bucket.js';
import { IncomingValue } from './incoming-value.js';
import { outgoingValuesOf } from './outgoing-value.js';

/** The interface's resources over one store. */
export function typesOf(store: Store) {
  return {
    Bucket: bucketsOf(store),
    OutgoingValue: outgoingValuesOf(store),
    IncomingValue,
  };
}
