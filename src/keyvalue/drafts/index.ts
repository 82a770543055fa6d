/**
 * The other drafts of wasi:keyvalue, as in `wit/drafts/`, over the same buckets, records and
 * counters.
 */
import type * as wit1 from '../../../wit/types/drafts/0.1.0/imports.js';
import type * as wit from '../../../wit/types/drafts/0.2.0-draft/imports.js';
import type * as wit2 from '../../../wit/types/drafts/0.2.0-draft2/imports.js';
import type { Store, Upload } from '../../store/store.js';
import { OutgoingValue } from '../outgoing-value.js';
import type { Wit } from '../wit.js';
import { draft2Atomics, draftAtomics } from './atomics.js';
import { batchOf } from './batch.js';
import { cacheOf } from './cache.js';
import { NumberedCursors, textCursors } from './cursor.js';
import type { Rules } from './rules.js';
import { storeOf } from './store.js';

/** `Value` is the class of the values that `cache` gives to be written. */
export function draftsOf(
  store: Store,
  rules: Rules,
  Value: new (upload: Upload) => OutgoingValue = OutgoingValue,
) {
  const parts = { rules, upload: () => store.upload() };
  return {
    /** Of `0.1.0`, whose other interfaces are the seed's. */
    cache: cacheOf(parts, Value) satisfies Wit<typeof wit1.WasiKeyvalueCache010>,
    /** `0.2.0-draft`, the tag. */
    draft: {
      store: storeOf(parts, new NumberedCursors(rules)) satisfies Wit<
        typeof wit.WasiKeyvalueStore020Draft
      >,
      atomics: draftAtomics satisfies Wit<typeof wit.WasiKeyvalueAtomics020Draft>,
      batch: batchOf<bigint>() satisfies Wit<typeof wit.WasiKeyvalueBatch020Draft>,
    },
    /** `0.2.0-draft2`. */
    draft2: {
      store: storeOf(parts, textCursors) satisfies Wit<typeof wit2.WasiKeyvalueStore020Draft2>,
      atomics: draft2Atomics satisfies Wit<typeof wit2.WasiKeyvalueAtomics020Draft2>,
      batch: batchOf<string>() satisfies Wit<typeof wit2.WasiKeyvalueBatch020Draft2>,
    },
  };
}
