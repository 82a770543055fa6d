/**
 * Overwrites keys of its own in one store, each with a value that tells its number, and counts; tells each number
 * when it has been acknowledged. Ends when it is told to.
 */
import { openStore } from '../../../src/store/lmdb/open-store.js';
import { numberedValue } from '../numbered-value.js';
import { leave, pause, say } from './program.js';

const [path = '', name = ''] = process.argv.slice(2);
const KEYS = 40;

let isTold = false;
process.once('message', () => {
  isTold = true;
});
const store = (await openStore(path, 'write'))!;
const bucket = store.ensureBucket('test');
await say('ready');
for (let number = 1; !isTold; number++) {
  const upload = store.upload();
  upload.append(numberedValue(number));
  bucket.put(`${name}/${number % KEYS}`, upload);
  upload.close();
  bucket.increment(`${name}/counter`, 1n);
  if (number % 7 === 0) bucket.delete(`${name}/${(number + 3) % KEYS}`);
  await say(number);
  await pause();
}
await store.close();
leave();
