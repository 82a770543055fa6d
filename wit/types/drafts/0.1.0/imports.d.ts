// Generated from wit/ by scripts/generate-types.js: edit wit/, then generate again.
// world wasi:keyvalue/imports@0.1.0
export type * as WasiIoError020 from '../../interfaces/wasi-io-error.js'; // import wasi:io/error@0.2.0
export type * as WasiIoPoll020 from '../../interfaces/wasi-io-poll.js'; // import wasi:io/poll@0.2.0
export type * as WasiIoStreams020 from '../../interfaces/wasi-io-streams.js'; // import wasi:io/streams@0.2.0
export type * as WasiKeyvalueAtomic010 from './interfaces/wasi-keyvalue-atomic.js'; // import wasi:keyvalue/atomic@0.1.0
export type * as WasiKeyvalueCache010 from './interfaces/wasi-keyvalue-cache.js'; // import wasi:keyvalue/cache@0.1.0
export type * as WasiKeyvalueEventualBatch010 from './interfaces/wasi-keyvalue-eventual-batch.js'; // import wasi:keyvalue/eventual-batch@0.1.0
export type * as WasiKeyvalueEventual010 from './interfaces/wasi-keyvalue-eventual.js'; // import wasi:keyvalue/eventual@0.1.0
export type * as WasiKeyvalueTypes010 from './interfaces/wasi-keyvalue-types.js'; // import wasi:keyvalue/types@0.1.0
export type * as WasiKeyvalueWasiKeyvalueError010 from './interfaces/wasi-keyvalue-wasi-keyvalue-error.js'; // import wasi:keyvalue/wasi-keyvalue-error@0.1.0
