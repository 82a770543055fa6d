/** A script of 100,000 set lines, beside redis-cli fed the same, which is not durable. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { run, sideBySide } from './measure.js';
import { writeRecords } from './records.js';
import { withRedis } from './redis.js';

const LINES = 100_000;

export async function bench({ folder, kv, rounds, report }) {
  const store = join(folder, 'scripts');
  const script = await writeRecords(
    join(folder, 'script'),
    LINES,
    (key, value) => `set ${key} ${value}\n`,
  );
  await withRedis(folder, async (redis) => {
    const samples = await sideBySide(rounds, {
      'redis-cli': async () => {
        await run('redis-cli', [...redis, 'flushall']);
        return run('redis-cli', redis, { stdin: script });
      },
      'kv exec': () => {
        rmSync(store, { recursive: true, force: true });
        return run(process.execPath, [kv, 'exec', script], { env: { KV_STORE: store } });
      },
    });
    report.compare(`A script of ${LINES} set lines`, samples, { base: 'redis-cli' });
  });
}
