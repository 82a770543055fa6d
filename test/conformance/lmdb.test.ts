import { openTestStore } from '../support/open-test-store.js';
import { inProcess } from './in-process.js';
import { conformance } from './suite.js';

conformance('the store on LMDB', async () => inProcess(await openTestStore()));
