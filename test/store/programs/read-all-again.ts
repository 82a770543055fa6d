/** Reads all of a store again and again, and tells how many values it has read each time, or what was wrong. */
import { openStore } from '../../../src/store/lmdb/open-store.js';
import { bytesOf, numberOf } from '../numbered-value.js';
import { leave, pause, say } from './program.js';

let isTold = false;
process.once('message', () => {
  isTold = true;
});
const store = (await openStore(process.argv[2]!, 'read'))!;
await say('ready');
while (!isTold) {
  let values = 0;
  // One moment, which is held while others write.
  for (const records of store.bucket('test')!.records({})) {
    for (let position = 0; position < records.count; position++) {
      const bytes = bytesOf(records.value(position)!);
      if (!records.key(position).endsWith('/counter')) numberOf(bytes);
      values++;
    }
    await pause();
  }
  await say(values);
}
await store.close();
leave();
