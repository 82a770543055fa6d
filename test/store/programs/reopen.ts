/** Waits for the word, then opens the store, increments a counter and closes it, many times. */
import { hear, leave, openKeyvalue, say } from './program.js';

const [path, times] = process.argv.slice(2) as [string, string];
await say('ready');
await hear();
for (let time = 0; time < Number(times); time++) {
  const keyvalue = await openKeyvalue(path);
  const bucket = keyvalue.types.Bucket.openBucket('test');
  keyvalue.atomic.increment(bucket, 'counter', 1n);
  await keyvalue.store.close();
}
leave();
