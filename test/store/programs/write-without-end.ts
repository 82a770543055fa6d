/** Writes to a store in small transactions, until it is told to stop. */
import { leave, openKeyvalue, pause, say, setBytes } from './program.js';

const keyvalue = await openKeyvalue(process.argv[2]!);
const bucket = keyvalue.buckets.openOrCreate('test');
let stopped = false;
process.on('message', () => {
  stopped = true;
});
for (let round = 0; !stopped; round++) {
  await keyvalue.store.transaction(async () => {
    for (let index = 0; index < 20; index++) {
      const number = (round * 20 + index) * 7919;
      setBytes(keyvalue, bucket, `key ${number % 2000}`, Buffer.alloc(number % 3000));
      if (number % 2 > 0) keyvalue.eventual.delete(bucket, `key ${(number + 1000) % 2000}`);
    }
  });
  if (round === 0) await say('writing');
  await pause();
}
await keyvalue.store.close();
leave();
