/** Sets and deletes what it is told to, until the test ends. */
import { patternedBytes } from '../../support/patterned-bytes.js';
import { hear, openKeyvalue, say, setBytes } from './program.js';

type Order = { key: string; size: number; seed: number } | { delete: string[] };

const keyvalue = await openKeyvalue(process.argv[2]!);
const bucket = keyvalue.types.Bucket.openBucket('test');
for (;;) {
  const order = (await hear()) as Order;
  if ('delete' in order) keyvalue.eventualBatch.deleteMany(bucket, order.delete);
  else setBytes(keyvalue, bucket, order.key, patternedBytes(order.size, order.seed));
  await say('done');
}
