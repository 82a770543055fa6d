/** Compacts a store when it is told to; the test kills it. */
import { compactStore } from '../../../src/store/lmdb/compact/compact-store.js';
import { hear, leave, say } from './program.js';

await say('ready');
await hear();
const { before, after } = await compactStore(process.argv[2]!, {});
await say({ before, after });
leave();
