/** What a short command costs, against Node doing nothing. */
import { dirname, join } from 'node:path';
import { run, sideBySide } from './measure.js';

/** Short runs vary more than long ones. */
const ROUNDS_FACTOR = 6;

export async function bench({ folder, kv, rounds, report }) {
  const env = { KV_STORE: join(folder, 'start-up'), XDG_CACHE_HOME: join(folder, 'caches') };
  const starts = {
    get: ['get', 'k'],
    set: ['set', 'k', 'v'],
    incr: ['incr', 'n'],
    exists: ['exists', 'k'],
    keys: ['keys', '--limit', '3'],
    run: ['run', join(dirname(kv), '../examples/count.wasm')],
    '--version': ['--version'],
    __complete: ['__complete', 'bash', 'kv get '],
  };
  const start = (words, more) =>
    run(process.execPath, [kv, ...words], { env: { ...env, ...more } });
  // The first start of each keeps its code.
  await start(starts.set);
  for (const words of Object.values(starts)) await start(words);
  const samples = await sideBySide(rounds * ROUNDS_FACTOR, {
    'node -e 0': () => run(process.execPath, ['-e', '0'], { env }),
    ...Object.fromEntries(
      Object.entries(starts).map(([name, words]) => [`kv ${name}`, () => start(words)]),
    ),
    'kv get, with nothing kept': () => start(starts.get, { KV_NO_CACHE: '1' }),
  });
  report.compare('A short command', samples, { base: 'node -e 0' });
}
