/** What `kv` runs. */
export { main } from './app/program.js';
