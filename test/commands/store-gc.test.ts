import { expect, it } from 'vitest';
import { kvOnDisk } from '../support/run-command.js';

it('deletes what has expired, says how much, and once only', async () => {
  let ahead = 0;
  const kv = await kvOnDisk(() => Date.now() + ahead);
  for (const key of ['a', 'b']) await kv(['set', key, '1', '--ttl', '1h']);
  await kv('set c 1');
  ahead = 3_600_000;
  expect((await kv('store info --json')).text).toContain('"expired":2');
  expect((await kv('store gc')).text).toBe(
    'deleted 2 expired records, gave back 0 unfinished uploads\n',
  );
  expect((await kv('store info --json')).text).toContain('"expired":0');
  expect((await kv('store gc --json')).text).toBe('{"expired":0,"uploads":0}\n');
  expect((await kv('keys')).text).toBe('c\n');
});
