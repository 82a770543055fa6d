/** What the programs have in common: a store, and messages to and from the test. */
import { asKvError } from '../../../src/errors.js';
import type { Bucket } from '../../../src/keyvalue/bucket.js';
import { createKeyvalue, type Keyvalue } from '../../../src/keyvalue/index.js';
import { openStore } from '../../../src/store/lmdb/open-store.js';
import type { Store } from '../../../src/store/store.js';

/** The interfaces, and the store that they are over. */
export interface OpenKeyvalue extends Keyvalue {
  readonly store: Store;
}

export async function openKeyvalue(path: string): Promise<OpenKeyvalue> {
  const store = (await openStore(path, 'write'))!;
  return { ...createKeyvalue(store), store };
}

/** Tells the test, and goes on when the test has got it. */
export async function say(message: unknown): Promise<void> {
  await new Promise((resolve) => process.send!(message, resolve));
}

/** The next message of the test. */
export async function hear(): Promise<unknown> {
  return new Promise((resolve) => process.once('message', resolve));
}

/** Lets the test's messages in. */
export async function pause(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** The end: without the channel to the test nothing keeps the process running. */
export function leave(): void {
  process.disconnect();
}

/** The code of what `work` is rejected with, or `done`. */
export async function outcomeOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'done';
  } catch (thrown) {
    const { code, message } = asKvError(thrown);
    return code === 'internal' ? `internal: ${message}` : code;
  }
}

export function setBytes(keyvalue: Keyvalue, bucket: Bucket, key: string, bytes: Uint8Array): void {
  const value = keyvalue.types.OutgoingValue.newOutgoingValue();
  try {
    value.outgoingValueWriteBodySync(bytes);
    keyvalue.eventual.set(bucket, key, value);
  } finally {
    value[Symbol.dispose]();
  }
}

export function getBytes(keyvalue: Keyvalue, bucket: Bucket, key: string): Uint8Array | undefined {
  const value = keyvalue.eventual.get(bucket, key);
  return value && keyvalue.types.IncomingValue.incomingValueConsumeSync(value);
}
