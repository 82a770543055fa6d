import { MemoryStore } from '../../../src/store/memory/memory-store.js';
import { portConformance } from './suite.js';

portConformance('the store in memory', (now) => new MemoryStore(now));
