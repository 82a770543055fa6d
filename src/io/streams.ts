/** wasi:io/streams@0.2.0 */
export { InputStream } from './input-stream.js';
export { OutputStream } from './output-stream.js';
export type { StreamError } from './stream-error.js';
