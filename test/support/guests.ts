/** The components of the tests, and those that the package brings: see guests/build.js. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const guests = join(import.meta.dirname, '../guests');
const examples = join(import.meta.dirname, '../../examples');

/** The path of one, by its name. */
export function guest(name: string): string {
  const file = `${name}.wasm`;
  const example = join(examples, file);
  return existsSync(example) ? example : join(guests, file);
}

/** Its bytes. */
export function guestBytes(name: string): Buffer {
  return readFileSync(guest(name));
}
