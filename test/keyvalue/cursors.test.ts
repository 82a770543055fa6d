/** The cursors that are numbers: what is remembered of them is bounded, and counted. */
import { expect, test } from 'vitest';
import { KvError } from '../../src/errors.js';
import { NumberedCursors } from '../../src/keyvalue/drafts/cursor.js';
import { everything } from '../../src/keyvalue/drafts/rules.js';
import { MemoryStore } from '../../src/store/memory/memory-store.js';

test('the last 1,000 cursors are remembered, and what they take is given back with them', () => {
  let kept = 0;
  const cursors = new NumberedCursors({
    ...everything(new MemoryStore()),
    keep: (bytes) => {
      kept += bytes;
    },
  });
  const made = Array.from({ length: 1000 }, (_, index) => cursors.of('b', `key ${1000 + index}`));
  const full = kept;
  expect(full).toBeGreaterThan(1000 * 2 * 'key 1000'.length);
  expect(cursors.keyOf('b', made[0]!)).toBe('key 1000');
  expect(cursors.of('b', 'key 1000')).toBe(made[0]);
  expect(cursors.of('b', 'key 2000')).not.toBe(made[0]);
  expect(kept).toBe(full);
  expect(() => cursors.keyOf('b', made[0]!)).toThrow(KvError);
  expect(made.slice(1).map((one) => cursors.keyOf('b', one))).toEqual(
    made.slice(1).map((_, index) => `key ${1001 + index}`),
  );
});
