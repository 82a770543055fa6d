/**
 * What every implementation of the world `imports` does here: `semantics.md` as tests. It is given a
 * factory, and asks of an implementation only what a guest can: no class, no field, no error code.
 */
import { describe, expect, test } from 'vitest';
import { batches } from './batches.js';
import { buckets } from './buckets.js';
import { counters } from './counters.js';
import { existingHosts } from './existing-hosts.js';
import { failures } from './failures.js';
import { type Calls, functionsOfWorld, watched } from './function-calls.js';
import { keys } from './keys.js';
import { polls } from './polls.js';
import { streams } from './streams.js';
import type { Factory } from './subject.js';
import { values } from './values.js';

/** Declares the suite. `factory` makes a subject on an empty store, once for each test. */
export function conformance(name: string, factory: Factory): void {
  describe(`${name} conforms to wasi:keyvalue`, () => {
    const calls: Calls = new Set();
    const open = async () => watched(await factory(), calls);
    describe('values', () => values(open));
    describe('keys', () => keys(open));
    describe('buckets', () => buckets(open));
    describe('counters', () => counters(open));
    describe('batches', () => batches(open));
    describe('streams', () => streams(open));
    describe('polls', () => polls(open));
    describe('failures', () => failures(open));
    describe("what existing hosts' suites ask", () => existingHosts(open));
    test('every function of the world has been called by the tests above', () => {
      expect([...calls].sort()).toEqual(functionsOfWorld());
    });
  });
}
