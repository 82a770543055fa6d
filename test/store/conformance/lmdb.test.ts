import { openTestStore } from '../../support/open-test-store.js';
import { portConformance } from './suite.js';

portConformance('the store on LMDB', (now) => openTestStore(now));
