import { expect, test } from 'vitest';
import { failure, getText, newBucket, newValue, type Subject, set } from './subject.js';

const goodNames = [
  'b',
  'n'.repeat(256),
  'é'.repeat(128),
  '😀'.repeat(64),
  '__proto__',
  'constructor',
  '..',
  '/',
  'name/b',
  'bucket/1',
  'format',
  'sequence',
  'chunks',
  'values',
  'uploads',
  ' ',
  '\u00a0',
];

const badNames = [
  '',
  'n'.repeat(257),
  `n${'é'.repeat(128)}`,
  '😀'.repeat(65),
  'a\0',
  '\n',
  'a\tb',
  '\u001b[31m',
  '\u007f',
  '\u0085',
  '\u009f',
  '\ud800',
];

export function buckets(open: () => Promise<Subject>): void {
  test('open-bucket of a bucket that does not exist is an error that names it', async () => {
    const subject = await open();
    expect(failure(() => subject.world.types.Bucket.openBucket('nowhere'))).toContain('nowhere');
  });

  test('open-bucket makes no bucket', async () => {
    const subject = await open();
    failure(() => subject.world.types.Bucket.openBucket('nowhere'));
    failure(() => subject.world.types.Bucket.openBucket('nowhere'));
  });

  test.each(goodNames)('a bucket may be named %j', async (name) => {
    const subject = await open();
    failure(() => subject.world.types.Bucket.openBucket(name));
    const bucket = newBucket(subject, name);
    expect(subject.world.eventualBatch.keys(bucket)).toEqual([]);
    set(subject, bucket, 'key', 'value');
    expect(getText(subject, subject.world.types.Bucket.openBucket(name), 'key')).toBe('value');
  });

  test.each(badNames)('a bucket cannot be named %j', async (name) => {
    const subject = await open();
    failure(() => subject.world.types.Bucket.openBucket(name));
    expect(() => subject.createBucket(name)).toThrow();
    failure(() => subject.world.types.Bucket.openBucket(name));
  });

  test('the same key in two buckets is two keys', async () => {
    const subject = await open();
    const [one, two] = [newBucket(subject, 'one'), newBucket(subject, 'two')];
    set(subject, one, 'key', '1');
    set(subject, two, 'key', '2');
    set(subject, two, 'other', '2');
    expect(getText(subject, one, 'key')).toBe('1');
    expect(getText(subject, two, 'key')).toBe('2');
    subject.world.eventual.delete(one, 'key');
    expect(getText(subject, two, 'key')).toBe('2');
    expect(subject.world.eventualBatch.keys(one)).toEqual([]);
  });

  test('a bucket that is opened twice is one bucket', async () => {
    const subject = await open();
    const one = newBucket(subject, 'one');
    const again = subject.world.types.Bucket.openBucket('one');
    set(subject, one, 'key', 'value');
    expect(getText(subject, again, 'key')).toBe('value');
    subject.world.eventual.delete(again, 'key');
    expect(getText(subject, one, 'key')).toBeUndefined();
  });

  test('every function fails on a bucket that has been dropped', async () => {
    const subject = await open();
    const { eventual, eventualBatch, atomic } = subject.world;
    const bucket = newBucket(subject);
    set(subject, bucket, 'key', '1');
    await subject.deleteBucket('test');
    const value = newValue(subject, 'value');
    failure(() => eventual.get(bucket, 'key'));
    failure(() => eventual.set(bucket, 'key', value));
    failure(() => eventual.delete(bucket, 'key'));
    failure(() => eventual.exists(bucket, 'key'));
    failure(() => atomic.increment(bucket, 'key', 1n));
    failure(() => atomic.compareAndSwap(bucket, 'key', 1n, 2n));
    failure(() => eventualBatch.getMany(bucket, ['key']));
    failure(() => eventualBatch.keys(bucket));
    failure(() => eventualBatch.setMany(bucket, [['key', value]]));
    failure(() => eventualBatch.deleteMany(bucket, ['key']));
    failure(() => subject.world.types.Bucket.openBucket('test'));
  });

  test('a bucket that is made anew is empty', async () => {
    const subject = await open();
    set(subject, newBucket(subject), 'key', 'value');
    await subject.deleteBucket('test');
    const anew = newBucket(subject);
    expect(subject.world.eventualBatch.keys(anew)).toEqual([]);
    expect(subject.world.eventual.get(anew, 'key')).toBeUndefined();
  });
}
