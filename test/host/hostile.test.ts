/**
 * Guests that try to take more than they may, or lie about what they give: each ends by a trap that is
 * named, or is refused, in one line; the process lives to say it, and the store is as it was.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allowed } from '../guests/hostile/allowed.js';
import { amounts } from '../guests/hostile/amounts.js';
import { lies } from '../guests/hostile/lies.js';
import type { Case } from '../guests/hostile/parts.js';
import { refused } from '../guests/hostile/refused.js';
import { bytesOfGuest } from '../support/hostile-guest.js';
import { Shell } from '../support/shell.js';

/** Where kv's compiled code is kept from one guest to the next. */
let cache: string;

beforeAll(() => {
  cache = mkdtempSync(join(tmpdir(), 'kv-test-'));
});

afterAll(() => rmSync(cache, { recursive: true }));

describe('what a guest makes exist is bounded:', () => {
  test.each(Object.entries(amounts))('%s', (_, one) => expectEnd(one));
});

describe('what a guest says is looked at:', () => {
  test.each(Object.entries(lies))('%s', (_, one) => expectEnd(one));
});

describe('what looks odd and is right goes through:', () => {
  test.each(Object.entries(allowed))('%s', (_, one) => expectEnd(one));
});

describe('what a component is made of is looked at:', () => {
  test.each(Object.entries(refused))('%s', (_, one) => expectEnd(one));
});

/** Puts a key, runs the guest, and looks whether the key is all that there is afterwards. */
async function expectEnd({ guest, options = '', heap, status = 71, says }: Case): Promise<void> {
  const shell = new Shell(undefined, { XDG_CACHE_HOME: cache });
  writeFileSync(join(shell.folder, 'x.wasm'), await bytesOfGuest(guest));
  const node = heap === undefined ? '' : `NODE_OPTIONS=--max-old-space-size=${heap}`;
  const ended =
    await shell.run(`kv set victim untouched; ${node} kv run x.wasm ${options}; status=$?
    printf 'store info --json\\nget victim\\nkeys v\\n' | kv exec | sed 's/.*\\("uploads":0\\).*/\\1/'
    exit $status`);
  const [message = '', ...rest] = ended.stderr.split('\n');
  expect(message.replace(/^kv: /, '')).toMatch(says ?? /^$/);
  expect([ended.status, rest]).toEqual([status, says ? [''] : []]);
  expect(ended.text).toBe('"uploads":0\nuntouchedvictim\n');
}
