/** Holds the newest moment of a store, that of its argument, until it is told to let go. */
import { openStore } from '../../../src/store/lmdb/open-store.js';
import { hear, leave, say } from './program.js';

const store = (await openStore(process.argv[2]!, 'read'))!;
const listing = store.bucket('test')!.records({});
listing.next();
await say('holds');
await hear();
listing.return?.();
await say('let go');
await hear();
await store.close();
leave();
