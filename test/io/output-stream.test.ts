import { describe, expect, test } from 'vitest';
import { asKvError, KvError } from '../../src/errors.js';
import { InputStream } from '../../src/io/input-stream.js';
import { OutputStream } from '../../src/io/output-stream.js';
import { FakeReadiness, FakeSink, FakeSource, thrownBy } from './fakes.js';

const bytes = (text: string) => Buffer.from(text);
const closed = { tag: 'closed' };
const cause = new KvError('full', 'cannot write: no space is left');

describe('check-write', () => {
  test('gives the permit of its sink', () => {
    const stream = new OutputStream(new FakeSink(7, 0, 9));
    expect([stream.checkWrite(), stream.checkWrite(), stream.checkWrite()]).toEqual([7n, 0n, 9n]);
  });

  test('gives a permit where the sink has no say in it', () => {
    expect(new OutputStream({ write: () => {} }).checkWrite()).toBeGreaterThan(4096n);
  });
});

describe('a sink that throws closed', () => {
  test.each(['permit', 'write', 'flush'] as const)(
    'in %s() has nobody to write to: that is no failure',
    (method) => {
      const gone = () => {
        throw closed;
      };
      const stream = new OutputStream({ write: () => {}, [method]: gone });
      const operation = () => {
        stream.checkWrite();
        stream.write(bytes('a'));
        stream.flush();
      };
      expect(thrownBy(operation)).toEqual(closed);
      expect(thrownBy(() => stream.checkWrite())).toEqual(closed);
    },
  );
});

describe('write()', () => {
  test('hands its sink all of the bytes', () => {
    const sink = new FakeSink(10);
    const stream = new OutputStream(sink);
    stream.checkWrite();
    stream.write(bytes('abc'));
    expect(sink.written).toEqual(['abc']);
  });

  test('several times within one permit is well, and traps beyond it', () => {
    const sink = new FakeSink(5);
    const stream = new OutputStream(sink);
    stream.checkWrite();
    stream.write(bytes('abc'));
    stream.write(bytes('de'));
    expect(thrownBy(() => stream.write(bytes('f')))).toBeInstanceOf(Error);
    expect(sink.written).toEqual(['abc', 'de']);
  });

  test('beyond the permit traps, and leaves the stream as it was', () => {
    const sink = new FakeSink(3);
    const stream = new OutputStream(sink);
    expect(thrownBy(() => stream.write(bytes('a')))).toBeInstanceOf(Error);
    stream.checkWrite();
    expect(thrownBy(() => stream.write(bytes('abcd')))).toBeInstanceOf(Error);
    stream.write(bytes('abc'));
    expect(sink.written).toEqual(['abc']);
  });

  test('counts on the last permit alone', () => {
    const stream = new OutputStream(new FakeSink(100, 2));
    stream.checkWrite();
    stream.checkWrite();
    expect(thrownBy(() => stream.write(bytes('abc')))).toBeInstanceOf(Error);
  });

  test('of nothing needs no permit', () => {
    const sink = new FakeSink(0);
    new OutputStream(sink).write(bytes(''));
    expect(sink.closed).toBe(0);
  });
});

describe('blocking-write-and-flush', () => {
  test('writes in the pieces that the permits allow, and waits between them', () => {
    const sink = new FakeSink(3, 0, 0, 2, 100);
    new OutputStream(sink).blockingWriteAndFlush(bytes('abcdefgh'));
    expect(sink.written).toEqual(['abc', 'de', 'fgh']);
    expect(sink.waits).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(sink.flushes).toBe(1);
  });

  test('waits for the end of the flush', () => {
    const sink = new FakeSink(5, 0, 0, 0, 1);
    new OutputStream(sink).blockingWriteAndFlush(bytes('abc'));
    expect(sink.flushes).toBe(1);
    expect(sink.waits).toHaveLength(3);
  });

  test('of nothing flushes', () => {
    const sink = new FakeSink(1);
    new OutputStream(sink).blockingWriteAndFlush(bytes(''));
    expect(sink.flushes).toBe(1);
    expect(sink.written).toEqual([]);
  });

  test('of 4097 bytes traps before anything is written', () => {
    const sink = new FakeSink(10_000);
    const stream = new OutputStream(sink);
    expect(thrownBy(() => stream.blockingWriteAndFlush(Buffer.alloc(4097)))).toBeInstanceOf(Error);
    stream.blockingWriteAndFlush(Buffer.alloc(4096));
    expect(sink.written.map(({ length }) => length)).toEqual([4096]);
  });
});

describe('zeroes', () => {
  test('are written in pieces, however many the permit allows', () => {
    const sink = new FakeSink(1_000_000);
    const stream = new OutputStream(sink);
    stream.checkWrite();
    stream.writeZeroes(1_000_000n);
    expect(sink.written.join('')).toBe('\0'.repeat(1_000_000));
    expect(Math.max(...sink.written.map(({ length }) => length))).toBeLessThanOrEqual(65_536);
    expect(thrownBy(() => stream.writeZeroes(1n))).toBeInstanceOf(Error);
  });

  test('are written and flushed, up to 4096 of them, in the pieces that the permits allow', () => {
    const sink = new FakeSink(4000, 0, 100);
    const stream = new OutputStream(sink);
    stream.blockingWriteZeroesAndFlush(4096n);
    expect(sink.written).toEqual(['\0'.repeat(4000), '\0'.repeat(96)]);
    expect(sink.flushes).toBe(1);
    expect(thrownBy(() => stream.blockingWriteZeroesAndFlush(4097n))).toBeInstanceOf(Error);
  });
});

describe('flush()', () => {
  test('does not wait', () => {
    const sink = new FakeSink(0);
    new OutputStream(sink).flush();
    expect(sink.flushes).toBe(1);
    expect(sink.waits).toEqual([]);
  });

  test('waits for the end of it when it is the blocking one', () => {
    const sink = new FakeSink(0, 0, 1);
    new OutputStream(sink).blockingFlush();
    expect(sink.waits).toHaveLength(2);
  });
});

describe('a sink that fails', () => {
  const operations: [string, 'permit' | 'write' | 'flush', (stream: OutputStream) => unknown][] = [
    ['check-write', 'permit', (stream) => stream.checkWrite()],
    ['write', 'write', (stream) => stream.write(bytes('a'))],
    ['write-zeroes', 'write', (stream) => stream.writeZeroes(1n)],
    ['flush', 'flush', (stream) => stream.flush()],
    ['blocking-flush', 'flush', (stream) => stream.blockingFlush()],
    ['blocking-write', 'write', (stream) => stream.blockingWriteAndFlush(bytes('a'))],
    ['blocking-write', 'flush', (stream) => stream.blockingWriteAndFlush(bytes('a'))],
    ['splice', 'write', (stream) => stream.splice(new InputStream(new FakeSource(['a'])), 1n)],
  ];

  test.each(operations)('fails %s (at its %s) once, and closes it', (_, at, operation) => {
    const sink = new FakeSink(10);
    const stream = new OutputStream(sink);
    stream.checkWrite();
    sink.failure = { at, with: cause };
    const failure = thrownBy(() => operation(stream));
    expect(failure).toMatchObject({ tag: 'last-operation-failed' });
    expect(asKvError(failure)).toBe(cause);
    sink.failure = undefined;
    for (const [, , after] of operations) {
      expect(thrownBy(() => after(stream))).toEqual(closed);
    }
    expect(sink.closed).toBe(1);
    stream[Symbol.dispose]();
    expect(sink.closed).toBe(1);
    expect(stream.subscribe().ready()).toBe(true);
  });

  test('makes a write beyond the last permit fail closed, which is no mistake', () => {
    const sink = new FakeSink(1);
    const stream = new OutputStream(sink);
    stream.checkWrite();
    sink.failure = { at: 'flush', with: cause };
    thrownBy(() => stream.flush());
    expect(thrownBy(() => stream.write(bytes('more than one')))).toEqual(closed);
  });
});

describe('splice()', () => {
  test('reads no more than the permit and the length allow, and writes all of it', () => {
    for (const [permit, length, asked] of [
      [5, 3n, 3],
      [3, 5n, 3],
      [3, 2n ** 64n - 1n, 3],
    ] as const) {
      const source = new FakeSource(['ab']);
      const sink = new FakeSink(permit);
      expect(new OutputStream(sink).splice(new InputStream(source), length)).toBe(2n);
      expect(source.asked).toEqual([asked]);
      expect(sink.written).toEqual(['ab']);
    }
  });

  test('moves nothing without a permit, and loses nothing', () => {
    const source = new FakeSource(['ab']);
    const sink = new FakeSink(0, 10);
    const stream = new OutputStream(sink);
    const input = new InputStream(source);
    expect(stream.splice(input, 10n)).toBe(0n);
    expect(source.asked).toEqual([]);
    expect(stream.splice(input, 10n)).toBe(2n);
    expect(sink.written).toEqual(['ab']);
  });

  test('moves nothing where nothing is there yet', () => {
    const sink = new FakeSink(10);
    const input = new InputStream(new FakeSource(['', 'late']));
    expect(new OutputStream(sink).splice(input, 10n)).toBe(0n);
    expect(sink.written).toEqual([]);
  });

  test('fails closed at the end of its source, and its own stream goes on', () => {
    const sink = new FakeSink(10);
    const stream = new OutputStream(sink);
    const input = new InputStream(new FakeSource([undefined]));
    expect(thrownBy(() => stream.splice(input, 10n))).toEqual(closed);
    expect(sink.closed).toBe(0);
    expect(stream.checkWrite()).toBe(10n);
  });

  test('gives the failure of its source, and its own stream goes on', () => {
    const stream = new OutputStream(new FakeSink(10));
    const input = new InputStream(new FakeSource([cause]));
    expect(asKvError(thrownBy(() => stream.splice(input, 10n)))).toBe(cause);
    expect(stream.checkWrite()).toBe(10n);
  });

  test('waits for both ends when it is the blocking one', () => {
    const readiness = new FakeReadiness(1);
    const sink = new FakeSink(0, 0, 5);
    const input = new InputStream(new FakeSource(['abc'], readiness));
    expect(new OutputStream(sink).blockingSplice(input, 10n)).toBe(3n);
    expect(sink.waits).toHaveLength(2);
    expect(readiness.waits).toEqual([Number.POSITIVE_INFINITY]);
  });

  test('of nothing does not wait for its source', () => {
    const readiness = new FakeReadiness(1);
    const input = new InputStream(new FakeSource(['abc'], readiness));
    expect(new OutputStream(new FakeSink(5)).blockingSplice(input, 0n)).toBe(0n);
    expect(readiness.waits).toEqual([]);
  });
});

describe('subscribe()', () => {
  test('gives a pollable that is ready when its sink is', () => {
    const readiness = new FakeReadiness(1);
    const pollable = new OutputStream({ write: () => {}, readiness }).subscribe();
    expect(pollable.ready()).toBe(false);
    pollable.block();
    expect(readiness.waits).toEqual([Number.POSITIVE_INFINITY]);
  });

  test('gives a pollable that is ready once the stream is dropped', () => {
    const stream = new OutputStream({ write: () => {}, readiness: new FakeReadiness(1) });
    const pollable = stream.subscribe();
    stream[Symbol.dispose]();
    expect(pollable.ready()).toBe(true);
  });
});

test('a stream that is dropped closes its sink once, and is closed', () => {
  const sink = new FakeSink(10);
  const stream = new OutputStream(sink);
  stream[Symbol.dispose]();
  stream[Symbol.dispose]();
  expect(sink.closed).toBe(1);
  expect(thrownBy(() => stream.checkWrite())).toEqual(closed);
});
