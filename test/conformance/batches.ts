import { expect, test } from 'vitest';
import { patternedBytes } from '../support/patterned-bytes.js';
import {
  expectBytes,
  failure,
  get,
  getText,
  newBucket,
  newValue,
  type OutgoingValue,
  readToEnd,
  type Subject,
  set,
} from './subject.js';

const LARGE = 300_000;

export function batches(open: () => Promise<Subject>): void {
  test('get-many answers by position, with none for missing keys, and duplicates', async () => {
    const subject = await open();
    const { eventualBatch, types } = subject.world;
    const bucket = newBucket(subject);
    set(subject, bucket, 'a', 'A');
    set(subject, bucket, 'b', 'B');
    const found = eventualBatch.getMany(bucket, ['b', 'missing', 'a', 'b', 'missing', 'a']);
    const texts = found.map(
      (value) =>
        value && Buffer.from(types.IncomingValue.incomingValueConsumeSync(value)).toString(),
    );
    expect(texts).toEqual(['B', undefined, 'A', 'B', undefined, 'A']);
  });

  test('get-many of no keys is no values', async () => {
    const subject = await open();
    expect(subject.world.eventualBatch.getMany(newBucket(subject), [])).toEqual([]);
  });

  test('the values of get-many read as they were, and each by itself', async () => {
    const subject = await open();
    const { eventualBatch, types } = subject.world;
    const bucket = newBucket(subject);
    set(subject, bucket, 'large', patternedBytes(LARGE));
    set(subject, bucket, 'small', 'before');
    const values = eventualBatch
      .getMany(bucket, ['large', 'small', 'large'])
      .map((value) => value!);
    eventualBatch.deleteMany(bucket, ['large']);
    set(subject, bucket, 'small', 'after');
    set(subject, bucket, 'large', patternedBytes(LARGE, 1));
    expect(values.map((value) => value.incomingValueSize())).toEqual([300_000n, 6n, 300_000n]);
    const [first, small, second] = values;
    expectBytes(types.IncomingValue.incomingValueConsumeSync(first!), patternedBytes(LARGE));
    const text = types.IncomingValue.incomingValueConsumeSync(small!);
    expect(Buffer.from(text).toString()).toBe('before');
    const whole = readToEnd(types.IncomingValue.incomingValueConsumeAsync(second!));
    expectBytes(whole, patternedBytes(LARGE));
  });

  test('set-many sets every key, one value under several of them too', async () => {
    const subject = await open();
    const bucket = newBucket(subject);
    const [small, large] = [newValue(subject, 'small'), newValue(subject, patternedBytes(LARGE))];
    set(subject, bucket, 'a', 'before');
    subject.world.eventualBatch.setMany(bucket, [
      ['a', small],
      ['b', large],
      ['c', small],
      ['d', large],
    ]);
    expect(subject.world.eventualBatch.keys(bucket)).toEqual(['a', 'b', 'c', 'd']);
    expect(getText(subject, bucket, 'a')).toBe('small');
    expect(getText(subject, bucket, 'c')).toBe('small');
    expectBytes(get(subject, bucket, 'b'), patternedBytes(LARGE));
    expectBytes(get(subject, bucket, 'd'), patternedBytes(LARGE));
  });

  test('set-many sets in the order given: of one key twice, the last stays', async () => {
    const subject = await open();
    const bucket = newBucket(subject);
    const pairs = ['first', 'second', 'last'].map((text): [string, OutgoingValue] => [
      'key',
      newValue(subject, text),
    ]);
    subject.world.eventualBatch.setMany(bucket, pairs);
    expect(getText(subject, bucket, 'key')).toBe('last');
  });

  test('set-many with one bad key writes nothing', async () => {
    const subject = await open();
    const { eventualBatch } = subject.world;
    const bucket = newBucket(subject);
    set(subject, bucket, 'present', 'before');
    const value = newValue(subject, patternedBytes(LARGE));
    for (const bad of ['', 'k'.repeat(1979)]) {
      failure(() =>
        eventualBatch.setMany(bucket, [
          ['new', value],
          ['present', value],
          [bad, value],
        ]),
      );
      expect(eventualBatch.keys(bucket)).toEqual(['present']);
      expect(getText(subject, bucket, 'present')).toBe('before');
    }
  });

  test('delete-many deletes every key, and passes over the missing', async () => {
    const subject = await open();
    const bucket = newBucket(subject);
    for (const key of ['a', 'b', 'c']) set(subject, bucket, key, key);
    subject.world.eventualBatch.deleteMany(bucket, ['c', 'missing', 'a', 'c']);
    expect(subject.world.eventualBatch.keys(bucket)).toEqual(['b']);
  });

  test('delete-many with one bad key deletes nothing', async () => {
    const subject = await open();
    const bucket = newBucket(subject);
    for (const key of ['a', 'b']) set(subject, bucket, key, key);
    for (const bad of ['', 'k'.repeat(1979)]) {
      failure(() => subject.world.eventualBatch.deleteMany(bucket, ['a', bad, 'b']));
      expect(subject.world.eventualBatch.keys(bucket)).toEqual(['a', 'b']);
    }
  });

  test('a batch of nothing changes nothing', async () => {
    const subject = await open();
    const bucket = newBucket(subject);
    set(subject, bucket, 'a', 'a');
    subject.world.eventualBatch.setMany(bucket, []);
    subject.world.eventualBatch.deleteMany(bucket, []);
    expect(subject.world.eventualBatch.keys(bucket)).toEqual(['a']);
  });
}
