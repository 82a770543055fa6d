import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFreeList } from '../../src/store/lmdb/file/free-list.js';

const LAST_PAGE = 1000;

function listOf(entries: readonly bigint[], count = entries.length): Buffer {
  const bytes = Buffer.alloc(8 * (1 + entries.length));
  bytes.writeBigUInt64LE(BigInt(count));
  for (const [index, entry] of entries.entries()) bytes.writeBigInt64LE(entry, 8 + 8 * index);
  return bytes;
}

const isList = (bytes: Buffer) => isFreeList(bytes, bytes.length, LAST_PAGE);

/** An entry that is not in use, a page, or pages from one on. */
const anEntry = fc.oneof(
  fc.constant([0n]),
  fc.bigInt({ min: 2n, max: BigInt(LAST_PAGE) }).map((page) => [page]),
  fc
    .tuple(
      fc.bigInt({ min: 2n, max: BigInt(LAST_PAGE) }),
      fc.bigInt({ min: 2n, max: BigInt(LAST_PAGE) }),
    )
    .filter(([page, length]) => page + length - 1n <= BigInt(LAST_PAGE))
    .map(([page, length]) => [-length, page]),
);

test('a list is pages of the file, alone or many in a row', () => {
  fc.assert(
    fc.property(fc.array(anEntry), (entries) => {
      expect(isList(listOf(entries.flat()))).toBe(true);
    }),
  );
});

test('a list may have room for more entries than it has', () => {
  expect(isList(listOf([5n, 2n ** 50n, -(2n ** 50n)], 1))).toBe(true);
  expect(isList(listOf([], 0))).toBe(true);
});

test.each([1n, BigInt(LAST_PAGE) + 1n, 2n ** 62n])('a list has no page %i', (page) => {
  expect(isList(listOf([5n, page, 7n]))).toBe(false);
});

test('a list has no pages in a row that go beyond the last one', () => {
  expect(isList(listOf([-3n, BigInt(LAST_PAGE) - 2n]))).toBe(true);
  expect(isList(listOf([-3n, BigInt(LAST_PAGE) - 1n]))).toBe(false);
  expect(isList(listOf([-(2n ** 60n), 5n]))).toBe(false);
});

test('a list has no more entries than there are bytes for', () => {
  expect(isList(listOf([5n, 6n], 3))).toBe(false);
  expect(isFreeList(Buffer.alloc(16, 0xff), 16, LAST_PAGE)).toBe(false);
  expect(isFreeList(Buffer.alloc(4), 4, LAST_PAGE)).toBe(false);
});

test('of a list of which only the beginning is there, that is looked at', () => {
  const bytes = listOf([5n, 6n, 1n]);
  expect(isFreeList(bytes.subarray(0, 24), bytes.length, LAST_PAGE)).toBe(true);
  expect(isFreeList(bytes, bytes.length, LAST_PAGE)).toBe(false);
});
