/** Writes to a value and sets a key to it, as it is told, until it is told to leave. */
import { patternedBytes } from '../../support/patterned-bytes.js';
import { hear, leave, openKeyvalue, pause, say } from './program.js';

const MIB = 1024 * 1024;

const [path, key] = process.argv.slice(2) as [string, string];
const keyvalue = await openKeyvalue(path);
const bucket = keyvalue.types.Bucket.openBucket('test');
const value = keyvalue.types.OutgoingValue.newOutgoingValue();
let written = 0;
for (;;) {
  const [order, count] = ((await hear()) as string).split(' ');
  if (order === 'leave') break;
  if (order === 'write') {
    for (let piece = 0; piece < Number(count); piece++, written++) {
      value.outgoingValueWriteBodySync(patternedBytes(MIB, written % 256));
      await pause();
    }
    await say('written');
  } else {
    keyvalue.eventual.set(bucket, key, value);
    await say('set');
  }
}
value[Symbol.dispose]();
await keyvalue.store.close();
leave();
