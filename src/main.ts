/** The entry point of `kv`. */
export { main } from './app/program.js';
