import { expect, test } from 'vitest';
import { patternedBytes } from '../support/patterned-bytes.js';
import {
  drop,
  expectBytes,
  expectClosed,
  expectTrap,
  get,
  type InputStream,
  newBucket,
  type OutputStream,
  operationFailure,
  readToEnd,
  type Subject,
  set,
  stream,
  U64_MAX,
  writeAll,
} from './subject.js';

/** More than a store keeps in one piece. */
const LARGE = 700_001;

/** The most that `blocking-write-and-flush` takes, by the WIT. */
const BLOCKING_LIMIT = 4096;

export function streams(open: () => Promise<Subject>): void {
  test.each([11, LARGE])('read() gives a value of %i bytes piece by piece', async (size) => {
    const { source } = await opened(open, size);
    const pieces: Uint8Array[] = [];
    for (let read = 0; read < size; ) {
      const piece = source.read(4097n);
      expect(piece.length).toBeLessThanOrEqual(4097);
      pieces.push(piece);
      read += piece.length;
    }
    expectBytes(Buffer.concat(pieces), patternedBytes(size));
    expectClosed(() => source.read(1n));
  });

  test('read(0) of an open stream gives an empty list, and takes nothing', async () => {
    const { source } = await opened(open, 3);
    expect(source.read(0n)).toHaveLength(0);
    expect(source.blockingRead(0n)).toHaveLength(0);
    expect(source.skip(0n)).toBe(0n);
    expect(source.blockingSkip(0n)).toBe(0n);
    expectBytes(readToEnd(source), patternedBytes(3));
  });

  test('after its end every operation of an input-stream fails closed, and stays so', async () => {
    const { source } = await opened(open, 3);
    readToEnd(source);
    for (let round = 0; round < 2; round++) {
      for (const length of [0n, 1n, U64_MAX]) {
        expectClosed(() => source.read(length));
        expectClosed(() => source.blockingRead(length));
        expectClosed(() => source.skip(length));
        expectClosed(() => source.blockingSkip(length));
      }
    }
  });

  test('a stream whose last byte has been read is closed', async () => {
    const { source } = await opened(open, 3);
    source.blockingRead(3n);
    expectClosed(() => source.read(0n));
  });

  test.each([3, LARGE])('read(2^64-1) of %i bytes gives what is there', async (size) => {
    const { source } = await opened(open, size);
    const first = source.read(U64_MAX);
    expect(first.length).toBeGreaterThan(0);
    expectBytes(Buffer.concat([first, readToEnd(source, U64_MAX)]), patternedBytes(size));
  });

  test('skip() passes over bytes, up to the number given, and the rest is read', async () => {
    const { source } = await opened(open, LARGE);
    let position = 0;
    for (const length of [1n, 1000n, 300_000n]) {
      const skipped = Number(source.skip(length));
      expect(skipped).toBeGreaterThan(0);
      expect(skipped).toBeLessThanOrEqual(Number(length));
      position += skipped;
      const piece = source.blockingRead(10n);
      expectBytes(piece, patternedBytes(LARGE).subarray(position, position + piece.length));
      position += piece.length;
    }
    position += Number(source.blockingSkip(7n));
    expectBytes(readToEnd(source), patternedBytes(LARGE).subarray(position));
  });

  test('skip(2^64-1) comes to the end, as reads do', async () => {
    const { source } = await opened(open, LARGE);
    let skipped = 0n;
    while (skipped < LARGE) skipped += source.skip(U64_MAX);
    expect(skipped).toBe(BigInt(LARGE));
    expectClosed(() => source.skip(1n));
  });

  test('an input-stream that is dropped half-way lets its value go', async () => {
    const { source, subject, bucket } = await opened(open, LARGE);
    source.read(10n);
    drop(source);
    set(subject, bucket, 'source', 'other');
    expect(get(subject, bucket, 'source')?.toString()).toBe('other');
  });

  test('an input-stream whose source fails gives the failure once, then closed', async () => {
    const subject = await open();
    const failing: ((source: InputStream) => unknown)[] = [
      (source) => source.read(1n),
      (source) => source.blockingRead(1n),
      (source) => source.skip(1n),
      (source) => source.blockingSkip(1n),
    ];
    for (const operation of failing) {
      const source = subject.brokenInput();
      expect(operationFailure(() => operation(source))).toMatch(/./);
      for (const after of failing) expectClosed(() => after(source));
      expectClosed(() => source.read(0n));
    }
  });

  test('a write within the permit is taken, to the last byte of it', async () => {
    const { target, contents } = await opened(open);
    const permit = Number(target.checkWrite());
    expect(permit).toBeGreaterThan(0);
    target.write(patternedBytes(permit));
    expectBytes(contents(), patternedBytes(permit));
  });

  test('a write beyond the permit traps, and nothing of it is taken', async () => {
    const { target, contents } = await opened(open);
    const permit = Number(target.checkWrite());
    expectTrap(() => target.write(Buffer.alloc(permit + 1)));
    expect(contents()).toHaveLength(0);
  });

  test('a write without a check-write traps', async () => {
    const { target, contents } = await opened(open);
    expectTrap(() => target.write(Buffer.of(1)));
    expectTrap(() => target.writeZeroes(1n));
    expect(contents()).toHaveLength(0);
  });

  test('a permit that has been used up is used up', async () => {
    const { target } = await opened(open);
    const permit = Number(target.checkWrite());
    target.write(Buffer.alloc(permit));
    expectTrap(() => target.write(Buffer.of(1)));
    expect(target.checkWrite()).toBeGreaterThan(0n);
  });

  test('blocking-write-and-flush takes up to 4096 bytes', async () => {
    const { target, contents } = await opened(open);
    target.blockingWriteAndFlush(patternedBytes(BLOCKING_LIMIT));
    target.blockingWriteAndFlush(Buffer.alloc(0));
    target.blockingWriteAndFlush(Buffer.from('!'));
    expectBytes(contents(), Buffer.concat([patternedBytes(BLOCKING_LIMIT), Buffer.from('!')]));
  });

  test('blocking-write-and-flush of more than 4096 bytes traps, and takes nothing', async () => {
    const { target, contents } = await opened(open);
    expectTrap(() => target.blockingWriteAndFlush(Buffer.alloc(BLOCKING_LIMIT + 1)));
    expect(contents()).toHaveLength(0);
  });

  test('write-zeroes writes as many zeroes as the permit allows', async () => {
    const { target, contents } = await opened(open);
    const permit = target.checkWrite();
    target.writeZeroes(0n);
    target.writeZeroes(permit);
    expectBytes(contents(), Buffer.alloc(Number(permit)));
  });

  test('write-zeroes beyond the permit traps, and writes nothing', async () => {
    const { target, contents } = await opened(open);
    const permit = target.checkWrite();
    expectTrap(() => target.writeZeroes(permit + 1n));
    expectTrap(() => target.writeZeroes(U64_MAX));
    expect(contents()).toHaveLength(0);
  });

  test('blocking-write-zeroes-and-flush takes up to 4096, and traps beyond', async () => {
    const { target, contents } = await opened(open);
    target.blockingWriteZeroesAndFlush(BigInt(BLOCKING_LIMIT));
    target.blockingWriteZeroesAndFlush(0n);
    expectTrap(() => target.blockingWriteZeroesAndFlush(BigInt(BLOCKING_LIMIT) + 1n));
    expectTrap(() => target.blockingWriteZeroesAndFlush(U64_MAX));
    expectBytes(contents(), Buffer.alloc(BLOCKING_LIMIT));
  });

  test('after a flush an output-stream takes writes again', async () => {
    const { target, contents } = await opened(open);
    writeAll(target, Buffer.from('a'));
    target.flush();
    target.blockingFlush();
    writeAll(target, Buffer.from('b'));
    expectBytes(contents(), Buffer.from('ab'));
  });

  test('splice() moves at most as many bytes as it is asked for, and says how many', async () => {
    const { source, target, contents } = await opened(open, LARGE);
    let moved = 0;
    for (const length of [1n, 0n, 17n, 100_000n]) {
      const count = target.splice(source, length);
      expect(count).toBeLessThanOrEqual(length);
      moved += Number(count);
    }
    expectBytes(contents(), patternedBytes(LARGE).subarray(0, moved));
    expectBytes(readToEnd(source), patternedBytes(LARGE).subarray(moved));
  });

  test('splice(2^64-1) moves at most the permit', async () => {
    const { source, target, contents } = await opened(open, LARGE);
    const permit = target.checkWrite();
    const moved = target.splice(source, U64_MAX);
    expect(moved).toBeGreaterThan(0n);
    expect(moved).toBeLessThanOrEqual(permit);
    expectBytes(contents(), patternedBytes(LARGE).subarray(0, Number(moved)));
  });

  const splices = { splice: 'splice', 'blocking-splice': 'blockingSplice' } as const;

  test.each(Object.entries(splices))(
    '%s copies a whole value, then fails closed',
    async (_, name) => {
      const { source, target, contents } = await opened(open, LARGE);
      let moved = 0n;
      expectClosed(() => {
        for (;;) moved += target[name](source, 65_536n);
      });
      expect(moved).toBe(BigInt(LARGE));
      expectClosed(() => target[name](source, 1n));
      // It is the source that has ended: the target goes on.
      writeAll(target, Buffer.from('!'));
      expectBytes(contents(), Buffer.concat([patternedBytes(LARGE), Buffer.from('!')]));
    },
  );

  test.each(Object.entries(splices))(
    '%s ends with closed on a stream as of stdin',
    async (_, name) => {
      const { subject, target, contents } = await opened(open);
      const source = subject.input(patternedBytes(LARGE));
      let moved = 0n;
      expectClosed(() => {
        for (;;) moved += target[name](source, 10_000n);
      });
      expect(moved).toBe(BigInt(LARGE));
      expectBytes(contents(), patternedBytes(LARGE));
    },
  );

  test.each(Object.entries(splices))('%s gives a failure of either end', async (_, name) => {
    const { subject, source, target, contents } = await opened(open, 10);
    const brokenInput = subject.brokenInput();
    operationFailure(() => target[name](brokenInput, 5n));
    expectClosed(() => target[name](brokenInput, 5n));
    const brokenOutput = subject.brokenOutput();
    operationFailure(() => brokenOutput[name](source, 5n));
    expectClosed(() => brokenOutput[name](source, 5n));
    target[name](source, 2n);
    expect(contents()).toHaveLength(2);
  });

  test('an output-stream whose sink fails gives the failure once, then closed', async () => {
    const { subject, source } = await opened(open, 10);
    const failing: ((target: OutputStream) => unknown)[] = [
      (target) => target.write(Buffer.of(1)),
      (target) => target.writeZeroes(1n),
      (target) => target.blockingWriteAndFlush(Buffer.of(1)),
      (target) => target.blockingWriteZeroesAndFlush(1n),
    ];
    const others: ((target: OutputStream) => unknown)[] = [
      (target) => target.checkWrite(),
      (target) => target.flush(),
      (target) => target.blockingFlush(),
      (target) => target.splice(source, 1n),
      (target) => target.blockingSplice(source, 1n),
    ];
    for (const operation of failing) {
      const target = subject.brokenOutput();
      target.checkWrite();
      expect(operationFailure(() => operation(target))).toMatch(/./);
      for (const after of [...failing, ...others]) expectClosed(() => after(target));
    }
    expect(readToEnd(source)).toHaveLength(10);
  });
}

/** A stream of a value of `size` bytes, and a stream into a value of which `contents` tells. */
async function opened(open: () => Promise<Subject>, size = 0) {
  const subject = await open();
  const bucket = newBucket(subject);
  set(subject, bucket, 'source', patternedBytes(size));
  const value = subject.world.types.OutgoingValue.newOutgoingValue();
  return {
    subject,
    bucket,
    source: stream(subject, bucket, 'source'),
    target: value.outgoingValueWriteBodyAsync(),
    /** What the value has accepted so far. */
    contents(): Buffer {
      subject.world.eventual.set(bucket, 'target', value);
      return get(subject, bucket, 'target')!;
    },
  };
}
