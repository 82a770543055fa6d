/** What a short command costs, against Node doing nothing. */
import { join } from 'node:path';
import { run, sideBySide } from './measure.js';

/** Short runs vary more than long ones. */
const ROUNDS_FACTOR = 6;

export async function bench({ folder, kv, rounds }) {
  const env = { KV_STORE: join(folder, 'start-up') };
  await run(process.execPath, [kv, 'set', 'k', 'v'], { env });
  const times = await sideBySide(rounds * ROUNDS_FACTOR, {
    node: () => run(process.execPath, ['-e', '0'], { env }),
    get: () => run(process.execPath, [kv, 'get', 'k'], { env }),
    set: () => run(process.execPath, [kv, 'set', 'k', 'v'], { env }),
  });
  for (const verb of ['get', 'set']) {
    const ratio = (times[verb] / times.node).toFixed(2);
    const milliseconds = (times[verb] * 1000).toFixed(0);
    console.log(`start-up: kv ${verb} k takes ${ratio} × node -e 0 (${milliseconds} ms)`);
  }
}
