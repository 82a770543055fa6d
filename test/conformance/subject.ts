/** What the conformance suite runs on, and what its tests say about it. */
import { expect } from 'vitest';
import type * as wit from '../../wit/types/imports.js';

/** An interface of `wit/` as a guest uses it: what only the host constructs has no constructor. */
type Imported<Interface> = {
  [Name in keyof Interface]: Interface[Name] extends (...parameters: infer P) => infer R
    ? { method(...parameters: P): R }['method']
    : { [Member in Exclude<keyof Interface[Name], 'prototype'>]: Interface[Name][Member] };
};

/** The interfaces of the world `imports` that have functions outside of resources. */
export interface World {
  readonly poll: Imported<typeof wit.WasiIoPoll020>;
  readonly types: Imported<typeof wit.WasiKeyvalueTypes020Draft>;
  readonly eventual: Imported<typeof wit.WasiKeyvalueEventual020Draft>;
  readonly atomic: Imported<typeof wit.WasiKeyvalueAtomic020Draft>;
  readonly eventualBatch: Imported<typeof wit.WasiKeyvalueEventualBatch020Draft>;
}

export type Bucket = wit.WasiKeyvalueTypes020Draft.Bucket;
export type IncomingValue = wit.WasiKeyvalueTypes020Draft.IncomingValue;
export type OutgoingValue = wit.WasiKeyvalueTypes020Draft.OutgoingValue;
export type InputStream = wit.WasiIoStreams020.InputStream;
export type OutputStream = wit.WasiIoStreams020.OutputStream;

/** One implementation, on a store of its own that is empty. */
export interface Subject {
  readonly world: World;
  /** Its strings are UTF-8 on the way, so that there are no lone surrogates. */
  readonly isUtf8?: true;
  /** The WIT only opens buckets: these make and drop one from outside. */
  createBucket(name: string): void;
  deleteBucket(name: string): Promise<void>;
  /** A stream that gives these bytes and ends, as standard input does. */
  input(contents: Uint8Array): InputStream;
  /** A stream whose first read fails. */
  brokenInput(): InputStream;
  /** A stream whose first write fails. */
  brokenOutput(): OutputStream;
}

export type Factory = () => Subject | Promise<Subject>;

/** The largest u64. */
export const U64_MAX = 2n ** 64n - 1n;

/** A bucket that is made now. */
export function newBucket(subject: Subject, name = 'test'): Bucket {
  subject.createBucket(name);
  return subject.world.types.Bucket.openBucket(name);
}

/** A value of these bytes, or of the UTF-8 of this text. */
export function newValue({ world }: Subject, contents: Uint8Array | string): OutgoingValue {
  const value = world.types.OutgoingValue.newOutgoingValue();
  value.outgoingValueWriteBodySync(Buffer.from(contents));
  return value;
}

export function set(
  subject: Subject,
  bucket: Bucket,
  key: string,
  contents: Uint8Array | string,
): void {
  const value = newValue(subject, contents);
  subject.world.eventual.set(bucket, key, value);
  drop(value);
}

/** The value that is there. */
export function incoming({ world }: Subject, bucket: Bucket, key: string): IncomingValue {
  const value = world.eventual.get(bucket, key);
  if (value === undefined) throw new Error(`there is no ${JSON.stringify(key)}`);
  return value;
}

/** The bytes of a key at once, or undefined where there is no such key. */
export function get({ world }: Subject, bucket: Bucket, key: string): Buffer | undefined {
  const value = world.eventual.get(bucket, key);
  return value && Buffer.from(world.types.IncomingValue.incomingValueConsumeSync(value));
}

export function getText(subject: Subject, bucket: Bucket, key: string): string | undefined {
  return get(subject, bucket, key)?.toString();
}

/** The value of a key as a stream. */
export function stream(subject: Subject, bucket: Bucket, key: string): InputStream {
  const value = incoming(subject, bucket, key);
  return subject.world.types.IncomingValue.incomingValueConsumeAsync(value);
}

/** Everything up to the end of a stream. */
export function readToEnd(source: InputStream, length = 64n * 1024n): Buffer {
  const pieces: Uint8Array[] = [];
  for (;;) {
    try {
      pieces.push(source.blockingRead(length));
    } catch (thrown) {
      expect(thrown).toEqual({ tag: 'closed' });
      return Buffer.concat(pieces);
    }
  }
}

/** Writes all of it, within the permits. */
export function writeAll(target: OutputStream, contents: Uint8Array): void {
  for (let offset = 0; offset < contents.length; ) {
    target.subscribe().block();
    const permit = Number(target.checkWrite());
    target.write(contents.subarray(offset, offset + permit));
    offset += permit;
  }
}

/** Drops a resource, as a guest does. */
export function drop(resource: object): void {
  (resource as Partial<Disposable>)[Symbol.dispose]?.();
}

/** Compares without a difference of millions of bytes in the report. */
export function expectBytes(actual: Uint8Array | undefined, expected: Uint8Array): void {
  expect(actual?.length).toBe(expected.length);
  expect(Buffer.compare(actual!, expected), 'the bytes differ').toBe(0);
}

/** The trace of the resource `error` that `work` fails with. */
export function failure(work: () => unknown): string {
  const error = thrownBy(work) as { trace?: () => string };
  expect(error).not.toBeInstanceOf(Error);
  const trace = error.trace?.();
  expect(trace).toMatch(/./);
  return trace!;
}

/** The `stream-error` that `work` fails with. */
function streamFailure(work: () => unknown): { tag: string; val?: object } {
  const error = thrownBy(work) as { tag: string; val?: object };
  expect(error).not.toBeInstanceOf(Error);
  expect(error.tag).toMatch(/^(last-operation-failed|closed)$/);
  return error;
}

export function expectClosed(work: () => unknown): void {
  expect(streamFailure(work).tag).toBe('closed');
}

/** Text about the failure that `work` ends with, as `last-operation-failed` carries it. */
export function operationFailure(work: () => unknown): string {
  const { tag, val } = streamFailure(work);
  expect(tag).toBe('last-operation-failed');
  expect(val).not.toBeInstanceOf(Error);
  return (val as { toDebugString(): string }).toDebugString();
}

/** `work` traps: to a guest, that is the end. */
export function expectTrap(work: () => unknown): void {
  expect(thrownBy(work)).toBeInstanceOf(Error);
}

function thrownBy(work: () => unknown): unknown {
  let result: unknown;
  try {
    result = work();
  } catch (thrown) {
    return thrown;
  }
  throw new Error(`nothing was thrown; the result was ${String(result)}`);
}
