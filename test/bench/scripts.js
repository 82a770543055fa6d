/** A script of 100,000 set lines, beside redis-cli fed the same. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { run, sideBySide } from './measure.js';
import { writeRecords } from './records.js';
import { withRedis } from './redis.js';

const LINES = 100_000;

export async function bench({ folder, kv, rounds }) {
  const store = join(folder, 'scripts');
  const script = await writeRecords(
    join(folder, 'script'),
    LINES,
    (key, value) => `set ${key} ${value}\n`,
  );
  await withRedis(folder, async (redis) => {
    const times = await sideBySide(rounds, {
      kv: () => {
        rmSync(store, { recursive: true, force: true });
        return run(process.execPath, [kv, 'exec', script], { env: { KV_STORE: store } });
      },
      redis: async () => {
        await run('redis-cli', [...redis, 'flushall']);
        return run('redis-cli', redis, { stdin: script });
      },
    });
    const ratio = (times.redis / times.kv).toFixed(2);
    console.log(`scripts: ${LINES} set lines: kv exec ${times.kv.toFixed(2)} s`);
    console.log(`scripts: redis-cli ${times.redis.toFixed(2)} s, ${ratio} × kv exec`);
  });
}
