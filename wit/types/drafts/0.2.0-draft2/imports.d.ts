// Generated from wit/ by scripts/generate-types.js: edit wit/, then generate again.
// world wasi:keyvalue/imports@0.2.0-draft2
export type * as WasiKeyvalueAtomics020Draft2 from './interfaces/wasi-keyvalue-atomics.js'; // import wasi:keyvalue/atomics@0.2.0-draft2
export type * as WasiKeyvalueBatch020Draft2 from './interfaces/wasi-keyvalue-batch.js'; // import wasi:keyvalue/batch@0.2.0-draft2
export type * as WasiKeyvalueStore020Draft2 from './interfaces/wasi-keyvalue-store.js'; // import wasi:keyvalue/store@0.2.0-draft2
