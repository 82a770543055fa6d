/** Waits for the word, then opens the store, which it may have to make, and writes to it. */
import { hear, leave, openKeyvalue, outcomeOf, say, setBytes } from './program.js';

const [path, name] = process.argv.slice(2) as [string, string];
await say('ready');
await hear();
const outcome = await outcomeOf(async () => {
  const keyvalue = await openKeyvalue(path);
  const bucket = keyvalue.buckets.openOrCreate('test');
  setBytes(keyvalue, bucket, name, Buffer.from(name));
  keyvalue.atomic.increment(bucket, 'counter', 1n);
  await keyvalue.store.close();
});
await say(outcome);
leave();
