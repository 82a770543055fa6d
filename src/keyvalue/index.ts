/**
 * The WASI keyvalue interfaces (package `wasi:keyvalue@0.2.0-draft` over `wasi:io@0.2.0`) on a
 * store, in WIT names: a component is handed these functions and classes as they are.
 *
 * Each function fails by throwing the resource `error` or the variant `stream-error`. What lies
 * beyond the interfaces (`buckets`, `records`, `listing`, `completions`, `transactions`, `bulk`)
 * throws KvError. The compiler holds each against the types generated from `wit/`.
 */

import type * as wit from '../../wit/types/imports.js';
import { IoError } from '../io/error.js';
import { Pollable, poll } from '../io/poll.js';
import { InputStream, OutputStream } from '../io/streams.js';
import type { Store } from '../store/store.js';
import * as atomic from './atomic.js';
import { administrationOf, measure } from './buckets.js';
import { BulkLoad, type LoadOptions } from './bulk-load.js';
import { completions } from './completions.js';
import * as eventual from './eventual.js';
import * as eventualBatch from './eventual-batch.js';
import * as listing from './listing.js';
import * as records from './record.js';
import { transactionsOf } from './transactions.js';
import { typesOf } from './types.js';
import { KeyvalueError } from './wasi-keyvalue-error.js';

export function createKeyvalue(store: Store) {
  return {
    error: { Error: IoError } satisfies Wit<typeof wit.WasiIoError020>,
    poll: { Pollable, poll } satisfies Wit<typeof wit.WasiIoPoll020>,
    streams: { InputStream, OutputStream } satisfies Wit<typeof wit.WasiIoStreams020>,
    wasiKeyvalueError: {
      Error: KeyvalueError,
    } satisfies Wit<typeof wit.WasiKeyvalueWasiKeyvalueError020Draft>,
    types: typesOf(store) satisfies Wit<typeof wit.WasiKeyvalueTypes020Draft>,
    eventual: eventual satisfies Wit<typeof wit.WasiKeyvalueEventual020Draft>,
    atomic: atomic satisfies Wit<typeof wit.WasiKeyvalueAtomic020Draft>,
    eventualBatch: eventualBatch satisfies Wit<typeof wit.WasiKeyvalueEventualBatch020Draft>,
    buckets: { ...administrationOf(store), measure },
    completions,
    records,
    listing,
    transactions: transactionsOf(store),
    bulk: { load: (options: LoadOptions) => new BulkLoad(options) },
  };
}

/**
 * An interface of `wit/` as a host gives it: classes without the constructors that WIT keeps from
 * guests, and functions as methods, since a host is handed back its own classes and no others.
 */
type Wit<Interface> = {
  [Name in keyof Interface]: Interface[Name] extends (...parameters: infer P) => infer R
    ? { method(...parameters: P): R }['method']
    : { [Member in keyof Interface[Name]]: Interface[Name][Member] };
};

export type { Condition } from '../store/condition.js';
export type { StoredRecords, StoredValue } from '../store/record.js';
export type { WorkOptions } from '../store/store.js';

export type Keyvalue = ReturnType<typeof createKeyvalue>;
