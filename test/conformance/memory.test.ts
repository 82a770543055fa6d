import { MemoryStore } from '../../src/store/memory/memory-store.js';
import { inProcess } from './in-process.js';
import { conformance } from './suite.js';

conformance('the store in memory', () => inProcess(new MemoryStore()));
