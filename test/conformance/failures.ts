import { expect, test } from 'vitest';
import { failure, newBucket, operationFailure, type Subject, set } from './subject.js';

export function failures(open: () => Promise<Subject>): void {
  test('the resource error of wasi:keyvalue says on one line what failed', async () => {
    const subject = await open();
    const bucket = newBucket(subject);
    set(subject, bucket, 'key', 'not a number');
    const traces = [
      failure(() => subject.world.types.Bucket.openBucket('nowhere')),
      failure(() => subject.world.eventual.get(bucket, '')),
      failure(() => subject.world.atomic.increment(bucket, 'key', 1n)),
    ];
    for (const trace of traces) expect(trace).toMatch(/^[^\n]+$/);
    expect(new Set(traces).size).toBe(3);
  });

  test('the resource error of wasi:io says on one line what failed', async () => {
    const subject = await open();
    const target = subject.brokenOutput();
    target.checkWrite();
    const texts = [
      operationFailure(() => subject.brokenInput().read(1n)),
      operationFailure(() => target.write(Buffer.of(1))),
    ];
    for (const text of texts) expect(text).toMatch(/^[^\n]+$/);
  });
}
