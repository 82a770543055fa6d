/**
 * Components of which some bytes were changed, cut out or put in twice: each is run, refused or trapped,
 * in the time that it has. `npm run fuzz` tries 2,000 of them; `KV_FUZZ` is how many.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKeyvalue } from '../../src/keyvalue/index.js';
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import { guestBytes } from '../support/guests.js';
import { outcomeOf, requestOf } from '../support/in-process.js';

const COUNT = Number(process.env.KV_FUZZ ?? 60);

/** Milliseconds that one of them may take. */
const TIMEOUT = 500;

const whole = ['count', 'tally', 'cat', 'relay', 'grants', 'bad'].map((name) => guestBytes(name));

/** A change at a place, which is a part of the whole. */
const change = fc.record({
  kind: fc.constantFrom('byte', 'bit', 'cut', 'twice', 'largest'),
  place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  value: fc.nat(255),
});

test(`of ${COUNT} changed components each is run, refused or trapped`, { timeout: 600_000 }, () => {
  const codes = ['not-a-component', 'not-offered', 'trapped', 'timed-out'];
  fc.assert(
    fc.property(
      fc.constantFrom(...whole),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      (bytes, changes) => {
        const keyvalue = createKeyvalue(new MemoryStore());
        const mutated = changes.reduce(changed, Buffer.from(bytes));
        const outcome = outcomeOf(
          requestOf(mutated, { keyvalue, timeout: TIMEOUT, maxMemory: 64 * 1024 * 1024 }),
        );
        if (typeof outcome === 'number') return;
        expect(codes).toContain(outcome.code);
        expect(outcome.message).not.toMatch(/\n|undefined|is not a function|\[object|TypeError/);
      },
    ),
    { numRuns: COUNT },
  );
});

function changed(
  bytes: Buffer,
  { kind, place, value }: { kind: string; place: number; value: number },
) {
  const at = Math.floor(place * bytes.length);
  switch (kind) {
    case 'byte':
      bytes[at] = value;
      return bytes;
    case 'bit':
      bytes[at]! ^= 1 << (value & 7);
      return bytes;
    case 'largest':
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from('ffffffff0f', 'hex'),
        bytes.subarray(at + 1),
      ]);
    case 'cut':
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + value)]);
    default:
      return Buffer.concat([bytes.subarray(0, at + value), bytes.subarray(at)]);
  }
}
