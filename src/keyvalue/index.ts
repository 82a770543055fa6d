/**
 * The WASI keyvalue interfaces (package `wasi:keyvalue@0.2.0-draft` over `wasi:io@0.2.0`) on a
 * store, under their WIT names: a component is given these functions and classes directly.
 *
 * Each function fails by throwing the resource `error` or the variant `stream-error`; those of the
 * other drafts throw the variant `error`. What goes beyond the interfaces (`buckets`, `records`,
 * `listing`, `sizes`, `completions`, `locks`, `transactions`, `bulk`, `watches`) throws KvError.
 * The compiler checks each interface against the types generated from `wit/`.
 */

import type * as wit1 from '../../wit/types/drafts/0.1.0/imports.js';
import type * as wit from '../../wit/types/imports.js';
import { IoError } from '../io/error.js';
import { Pollable, poll } from '../io/poll.js';
import { InputStream, OutputStream } from '../io/streams.js';
import type { Store } from '../store/store.js';
import * as atomic from './atomic.js';
import { administrationOf, measure } from './buckets.js';
import { BulkLoad } from './bulk-load.js';
import { completions } from './completions.js';
import { differences } from './differences.js';
import { draftsOf } from './drafts/index.js';
import { everything, type Rules } from './drafts/rules.js';
import * as eventual from './eventual.js';
import * as eventualBatch from './eventual-batch.js';
import type { Unbounded } from './expression.js';
import * as listing from './listing.js';
import type { LoadOptions } from './load-options.js';
import { locksOf } from './lock.js';
import type { OutgoingValue } from './outgoing-value.js';
import { prefixTransfersOf } from './prefix-transfer.js';
import * as previousValue from './previous-value.js';
import * as record from './record.js';
import { type FilterOptions, recordFilter } from './record-filter.js';
import { PrefixSizes, type PrefixSizesOptions, SizeClasses } from './sizes.js';
import { transactionsOf } from './transactions.js';
import { typesOf } from './types.js';
import { Pattern, type PatternOptions, searchValues } from './value-search.js';
import { KeyvalueError } from './wasi-keyvalue-error.js';
import { watchesOf } from './watching.js';
import type { Wit } from './wit.js';

/** The interfaces on a store; `unbounded` matches regular expressions, which may take for ever. */
export function createKeyvalue(store: Store, unbounded: Unbounded = (work) => work()) {
  const types = typesOf(store);
  return {
    error: { Error: IoError } satisfies Wit<typeof wit.WasiIoError020>,
    poll: { Pollable, poll } satisfies Wit<typeof wit.WasiIoPoll020>,
    streams: { InputStream, OutputStream } satisfies Wit<typeof wit.WasiIoStreams020>,
    // The same as in 0.1.0.
    wasiKeyvalueError: { Error: KeyvalueError } satisfies Wit<
      typeof wit.WasiKeyvalueWasiKeyvalueError020Draft
    > satisfies Wit<typeof wit1.WasiKeyvalueWasiKeyvalueError010>,
    types: types satisfies Wit<typeof wit.WasiKeyvalueTypes020Draft> satisfies Wit<
      typeof wit1.WasiKeyvalueTypes010
    >,
    eventual: eventual satisfies Wit<typeof wit.WasiKeyvalueEventual020Draft> satisfies Wit<
      typeof wit1.WasiKeyvalueEventual010
    >,
    atomic: atomic satisfies Wit<typeof wit.WasiKeyvalueAtomic020Draft> satisfies Wit<
      typeof wit1.WasiKeyvalueAtomic010
    >,
    eventualBatch: eventualBatch satisfies Wit<
      typeof wit.WasiKeyvalueEventualBatch020Draft
    > satisfies Wit<typeof wit1.WasiKeyvalueEventualBatch010>,
    /**
     * The interfaces of the other drafts: `draft` is `0.2.0-draft`, the tag, `draft2` is `0.2.0-draft2`; `cache`
     * is of 0.1.0, like those above.
     */
    ...draftsOf(store, everything(store), types.OutgoingValue),
    /** The same, by a host's rules. */
    draftsBy: (rules: Rules, Value: typeof OutgoingValue) => draftsOf(store, rules, Value),
    buckets: { ...administrationOf(store), measure },
    completions,
    records: { ...record, ...previousValue, ...prefixTransfersOf(store) },
    listing: {
      ...listing,
      differences,
      recordFilter: (options: FilterOptions) => recordFilter(options, unbounded),
      searchValues,
      pattern: (text: string, options: PatternOptions) => new Pattern(text, options, unbounded),
    },
    sizes: {
      byPrefix: (options: PrefixSizesOptions) => new PrefixSizes(options),
      bySize: () => new SizeClasses(),
    },
    locks: locksOf(store),
    transactions: transactionsOf(store),
    bulk: { load: (options: LoadOptions) => new BulkLoad(options) },
    watches: watchesOf(store),
  };
}

export type { Condition } from '../store/condition.js';
export type {
  Backup,
  BackupInfo,
  CheckResult,
  Maintenance,
  Problem,
  SalvagedBucket,
  StoreReader,
} from '../store/maintenance.js';
export type { Entry, StoredRecords, StoredValue } from '../store/record.js';
export { nothingShared, type Pace, type SharedWrites } from '../store/shared-writes.js';
export type { WorkOptions } from '../store/store.js';
export type { Change, RecordChange } from '../store/watch.js';

export type Keyvalue = ReturnType<typeof createKeyvalue>;
