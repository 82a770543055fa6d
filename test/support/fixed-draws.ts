/** Before each test file: what fast-check draws is the same each time in the short forms. */
import fc from 'fast-check';
import { SEED } from './random.js';

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: SEED });
