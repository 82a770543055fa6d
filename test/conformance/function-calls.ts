/** Which functions of the WIT a suite has called, so that none is left out of it. */
import type { Subject } from './subject.js';

/** `interface#function`, in the WIT's names. */
export type Calls = Set<string>;

/** The 37 functions of the seed. */
export function functionsOfWorld(): string[] {
  return Object.entries(world)
    .flatMap(([resource, names]) => names.map((name) => `${resource}.${name}`))
    .sort();
}

const world = {
  'io-error': ['to-debug-string'],
  pollable: ['ready', 'block'],
  poll: ['poll'],
  'input-stream': ['read', 'blocking-read', 'skip', 'blocking-skip', 'subscribe'],
  'output-stream': [
    'check-write',
    'write',
    'blocking-write-and-flush',
    'flush',
    'blocking-flush',
    'subscribe',
    'write-zeroes',
    'blocking-write-zeroes-and-flush',
    'splice',
    'blocking-splice',
  ],
  error: ['trace'],
  bucket: ['open-bucket'],
  'outgoing-value': [
    'new-outgoing-value',
    'outgoing-value-write-body-async',
    'outgoing-value-write-body-sync',
  ],
  'incoming-value': [
    'incoming-value-consume-sync',
    'incoming-value-consume-async',
    'incoming-value-size',
  ],
  eventual: ['get', 'set', 'delete', 'exists'],
  atomic: ['increment', 'compare-and-swap'],
  'eventual-batch': ['get-many', 'keys', 'set-many', 'delete-many'],
};
