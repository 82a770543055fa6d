/** The interfaces as a component meets them, on LMDB; on Redis: `redis.test.ts`. */
import { onTestFinished } from 'vitest';
import { openTestStore } from '../support/open-test-store.js';
import { conformance } from './suite.js';
import { throughComponent } from './through-component.js';

conformance('a component on LMDB', async () => throughComponent(await openTestStore()));

conformance('a component on LMDB whose writes share transactions', async () => {
  const store = await openTestStore();
  const shared = store.shareWrites({ milliseconds: undefined });
  onTestFinished(() => shared.close());
  return throughComponent(store);
});
