/** Uses a store in threads of one process at the same time. */
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { patternedBytes } from '../../support/patterned-bytes.js';
import { leave, openKeyvalue, setBytes } from './program.js';

if (isMainThread) {
  const file = fileURLToPath(import.meta.url);
  const threads = [0, 1, 2].map((thread) => {
    const worker = new Worker(file, { workerData: { path: process.argv[2], thread } });
    return new Promise((resolve, reject) => worker.on('error', reject).on('exit', resolve));
  });
  await Promise.all(threads);
  leave();
} else {
  const { path, thread } = workerData as { path: string; thread: number };
  const keyvalue = await openKeyvalue(path);
  const bucket = keyvalue.types.Bucket.openBucket('test');
  for (let time = 0; time < 100; time++) keyvalue.atomic.increment(bucket, 'counter', 1n);
  setBytes(keyvalue, bucket, `of ${thread}`, patternedBytes(6_000_000, thread));
  await keyvalue.store.close();
}
