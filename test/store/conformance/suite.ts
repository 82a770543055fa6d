/**
 * What every engine promises by the port, `src/store/store.ts`, method by method. It is given a
 * factory, and asks of a store nothing but what the port declares.
 */
import { describe, expect, test } from 'vitest';
import { appends } from './appends.js';
import { buckets } from './buckets.js';
import { counters } from './counters.js';
import { drafts } from './drafts.js';
import { expiry } from './expiry.js';
import { lasting } from './lasting.js';
import { listings } from './listings.js';
import { loads } from './loads.js';
import { type Calls, membersOfPort, watched } from './port-calls.js';
import { reads } from './reads.js';
import { sharedWrites } from './shared-writes.js';
import type { Factory } from './subject.js';
import { transactions } from './transactions.js';
import { watches } from './watches.js';
import { writes } from './writes.js';

/** Declares the suite. `factory` opens a store that is empty, once for each test. */
export function portConformance(name: string, factory: Factory): void {
  describe(`${name} conforms to the port`, () => {
    const calls: Calls = new Set();
    const open = async (now?: () => number) => watched(await factory(now), calls);
    describe('buckets', () => buckets(open));
    describe('reads', () => reads(open));
    describe('listings', () => listings(open));
    describe('writes', () => writes(open));
    describe('appends', () => appends(open));
    describe('counters', () => counters(open));
    describe('expiry', () => expiry(open));
    describe('loads', () => loads(open));
    describe('what lasts', () => lasting(open));
    describe('transactions', () => transactions(open));
    describe('shared writes', () => sharedWrites(open));
    describe('drafts', () => drafts(open));
    describe('watches', () => watches(open));

    test('info() gives facts whose names are words in camel case, each once', async () => {
      const facts = (await open()).info();
      const names = facts.map((fact) => fact.name);
      expect(names).toEqual([...new Set(names)]);
      for (const name of names) expect(name).toMatch(/^[a-z]+([A-Z][a-z]+)*$/);
      expect(facts).toContainEqual({ name: 'buckets', value: 0 });
      expect(facts).toContainEqual({ name: 'keys', value: 0 });
    });

    test('close() lets the store go', async () => {
      const store = await open();
      expect(store.path).not.toBe('');
      await store.close();
    });

    test('every member of the port has been used by the tests above', () => {
      expect([...calls].sort()).toEqual(membersOfPort());
    });
  });
}
