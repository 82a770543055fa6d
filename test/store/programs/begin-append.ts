/**
 * Appends more than is held in memory to a value, and halts before that becomes the value: makes the
 * file `begun`, and goes on when there is one of the name `go`. Tells what came of it.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { patternedBytes } from '../../support/patterned-bytes.js';
import { leave, openKeyvalue, say } from './program.js';

const [path] = process.argv.slice(2) as [string];
const { store } = await openKeyvalue(path);
const bucket = store.bucket('test')!;
const upload = store.upload();
upload.append(patternedBytes(12_000_000, 1));
const put = bucket.put.bind(bucket);
const outcomes: string[] = [];
bucket.put = (key, joined, options) => {
  if (outcomes.length === 0) {
    writeFileSync(`${path}/begun`, '');
    const nobody = new Int32Array(new SharedArrayBuffer(4));
    while (!existsSync(`${path}/go`)) Atomics.wait(nobody, 0, 0, 1);
  }
  const outcome = put(key, joined, options);
  outcomes.push(typeof outcome === 'number' ? 'put' : 'another');
  return outcome;
};
bucket.append('log', upload);
upload.close();
await store.close();
await say(outcomes);
leave();
