/** Makes buckets and drops them, until it is told to stop. */
import { leave, openKeyvalue, pause, say, setBytes } from './program.js';

const keyvalue = await openKeyvalue(process.argv[2]!);
const { buckets } = keyvalue;
let stopped = false;
process.on('message', () => {
  stopped = true;
});
for (let round = 0; !stopped; round++) {
  const bucket = buckets.create('elsewhere');
  setBytes(keyvalue, bucket, 'key', Buffer.from('value'));
  buckets.rename('elsewhere', 'coming and going');
  if (round === 0) await say('churning');
  await pause();
  if (round % 2 === 0) await buckets.copy('coming and going', 'another');
  await buckets.delete('coming and going');
  if (round % 2 === 0) await buckets.delete('another');
  await pause();
}
buckets.openOrCreate('end');
await keyvalue.store.close();
leave();
