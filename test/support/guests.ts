/** The components of the tests: see guests/build.js. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../guests');

/** The path of a guest. */
export function guest(name: string): string {
  return join(folder, `${name}.wasm`);
}

/** Its bytes. */
export function guestBytes(name: string): Buffer {
  return readFileSync(guest(name));
}
