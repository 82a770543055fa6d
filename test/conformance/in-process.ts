/** The interfaces as `createKeyvalue` gives them, in this process. */
import { KvError } from '../../src/errors.js';
import { InputStream, OutputStream } from '../../src/io/streams.js';
import { createKeyvalue } from '../../src/keyvalue/index.js';
import type { Store } from '../../src/store/store.js';
import type { Subject } from './subject.js';

export function inProcess(store: Store): Subject {
  const keyvalue = createKeyvalue(store);
  return {
    world: keyvalue,
    createBucket: (name) => void keyvalue.buckets.create(name),
    deleteBucket: (name) => keyvalue.buckets.delete(name),
    input: (contents) => new InputStream(sourceOf(contents)),
    brokenInput: () => new InputStream({ read: fail, ended: false }),
    brokenOutput: () => new OutputStream({ write: fail }),
  };
}

function sourceOf(contents: Uint8Array) {
  let position = 0;
  return {
    read(length: number): Uint8Array | undefined {
      if (position === contents.length) return undefined;
      const bytes = contents.slice(position, position + length);
      position += bytes.length;
      return bytes;
    },
    // Like a pipe, it knows of the end only when it has come to it.
    ended: false,
  };
}

function fail(): never {
  throw new KvError('io', 'cannot go on: the test says so');
}
