/** Waits for the word, then increments a counter many times. */
import { hear, leave, openKeyvalue, say } from './program.js';

const [path, times] = process.argv.slice(2) as [string, string];
const keyvalue = await openKeyvalue(path);
const bucket = keyvalue.types.Bucket.openBucket('test');
await say('ready');
await hear();
for (let time = 0; time < Number(times); time++) keyvalue.atomic.increment(bucket, 'counter', 1n);
await keyvalue.store.close();
leave();
