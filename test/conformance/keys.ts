import { expect, test } from 'vitest';
import { failure, getText, newBucket, newValue, type Subject, set } from './subject.js';

/** The longest key, in bytes of its UTF-8. */
const LIMIT_BYTES = 1978;

const longest = {
  'of one byte a character': 'k'.repeat(LIMIT_BYTES),
  'of two bytes a character': 'é'.repeat(LIMIT_BYTES / 2),
  'of three bytes a character': `k${'語'.repeat(659)}`,
  'of four bytes a character': `kk${'😀'.repeat(494)}`,
};

const tooLong = {
  'of one byte a character': 'k'.repeat(LIMIT_BYTES + 1),
  'of two bytes a character': `k${'é'.repeat(LIMIT_BYTES / 2)}`,
  'of three bytes a character': `kk${'語'.repeat(659)}`,
  'of four bytes a character': `kkk${'😀'.repeat(494)}`,
};

/** Names that mean something to JavaScript, to a shell, to a file system or to a store. */
const names = [
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  '0',
  '-1',
  'undefined',
  'null',
  '..',
  '/',
  'a/b',
  ' ',
  ' a',
  'a ',
  'a\nb',
  '-n',
  '--',
  '*',
  '\\',
  '"',
  'format',
  'sequence',
  'chunks',
];

export function keys(open: () => Promise<Subject>): void {
  test.each(Object.entries(longest))('a key of 1,978 bytes %s is a key', async (_, key) => {
    expect(Buffer.byteLength(key)).toBe(LIMIT_BYTES);
    const subject = await open();
    const { eventual, eventualBatch, atomic } = subject.world;
    const bucket = newBucket(subject);
    set(subject, bucket, key, '7');
    expect(getText(subject, bucket, key)).toBe('7');
    expect(eventual.exists(bucket, key)).toBe(true);
    expect(eventualBatch.keys(bucket)).toEqual([key]);
    expect(atomic.increment(bucket, key, 1n)).toBe(8n);
    eventual.delete(bucket, key);
    expect(eventual.exists(bucket, key)).toBe(false);
  });

  test.each(Object.entries(tooLong))('a key of 1,979 bytes %s fails everywhere', async (_, key) => {
    expect(Buffer.byteLength(key)).toBe(LIMIT_BYTES + 1);
    const subject = await open();
    for (const trace of failuresOf(subject, key)) expect(trace).toContain(String(LIMIT_BYTES));
  });

  test('an empty key fails everywhere', async () => {
    failuresOf(await open(), '');
  });

  test.each(['\ud800', 'a\udc00', '\udc00\ud800', `${'k'.repeat(1900)}\ud800`])(
    'a key with a lone surrogate fails everywhere: %j',
    async (key) => {
      const subject = await open();
      // A component cannot say such a key: its strings are UTF-8.
      if (!subject.isUtf8) failuresOf(subject, key);
      else expect(key.isWellFormed()).toBe(false);
    },
  );

  test('a key of a single byte, NUL too, is a key of its own', async () => {
    const subject = await open();
    const bucket = newBucket(subject);
    const all = ['\0', '\0\0', 'a', 'a\0', 'a\0b', 'a\u0001', '\u007f'];
    for (const key of all) set(subject, bucket, key, JSON.stringify(key));
    for (const key of all) expect(getText(subject, bucket, key)).toBe(JSON.stringify(key));
    subject.world.eventual.delete(bucket, 'a');
    expect(subject.world.eventualBatch.keys(bucket)).toEqual(all.filter((key) => key !== 'a'));
  });

  test.each(names)('%j is a key like any other', async (key) => {
    const subject = await open();
    const { eventual, eventualBatch } = subject.world;
    const bucket = newBucket(subject);
    expect(eventual.exists(bucket, key)).toBe(false);
    expect(eventual.get(bucket, key)).toBeUndefined();
    set(subject, bucket, key, 'value');
    expect(getText(subject, bucket, key)).toBe('value');
    expect(eventualBatch.keys(bucket)).toEqual([key]);
    eventual.delete(bucket, key);
    expect(eventualBatch.keys(bucket)).toEqual([]);
  });

  test('keys are neither normalized, nor trimmed, nor folded', async () => {
    const subject = await open();
    const bucket = newBucket(subject);
    const all = ['e\u0301', '\u00e9', 'E', 'e', ' e', 'e ', '\ufeffe', 'ß', 'ss'];
    for (const key of all) set(subject, bucket, key, key);
    for (const key of all) expect(getText(subject, bucket, key)).toBe(key);
    expect(new Set(subject.world.eventualBatch.keys(bucket))).toEqual(new Set(all));
  });

  test('keys() lists in the byte order of the UTF-8, also beyond the BMP', async () => {
    const subject = await open();
    const bucket = newBucket(subject);
    // In the order of UTF-16 the last two would come before the two above them.
    const ordered = ['\0', 'A', 'a', 'a\0', 'aa', 'b', '\u007f', '\u0080', 'é', '語', '\ue000'];
    ordered.push('\uffff', '\u{10000}', '\u{10ffff}');
    for (const key of [...ordered].reverse()) set(subject, bucket, key, 'value');
    expect(subject.world.eventualBatch.keys(bucket)).toEqual(ordered);
  });

  test('keys() of an empty bucket is an empty list', async () => {
    const subject = await open();
    expect(subject.world.eventualBatch.keys(newBucket(subject))).toEqual([]);
  });

  test('keys() lists each of thousands of keys once, in order', async () => {
    const subject = await open();
    const { eventualBatch } = subject.world;
    const bucket = newBucket(subject);
    const value = newValue(subject, 'value');
    const ordered = Array.from({ length: 3000 }, (_, index) => `key ${10_000 + index}`);
    eventualBatch.setMany(
      bucket,
      [...ordered].reverse().map((key) => [key, value]),
    );
    expect(eventualBatch.keys(bucket)).toEqual(ordered);
  });
}

/** Gives a key that is none to every function that takes one; nothing may have been written. */
function failuresOf(subject: Subject, key: string): string[] {
  const { eventual, eventualBatch, atomic } = subject.world;
  const bucket = newBucket(subject);
  set(subject, bucket, 'good', '1');
  const value = newValue(subject, 'value');
  const traces = [
    failure(() => eventual.get(bucket, key)),
    failure(() => eventual.set(bucket, key, value)),
    failure(() => eventual.delete(bucket, key)),
    failure(() => eventual.exists(bucket, key)),
    failure(() => atomic.increment(bucket, key, 1n)),
    failure(() => atomic.compareAndSwap(bucket, key, 1n, 2n)),
    failure(() => eventualBatch.getMany(bucket, ['good', key])),
    failure(() =>
      eventualBatch.setMany(bucket, [
        ['new', value],
        [key, value],
      ]),
    ),
    failure(() => eventualBatch.deleteMany(bucket, ['good', key])),
  ];
  expect(eventualBatch.keys(bucket)).toEqual(['good']);
  expect(getText(subject, bucket, 'good')).toBe('1');
  return traces;
}
