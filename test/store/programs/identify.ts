/** Says who it is, and stays until it is killed. */
import { thisProcess } from '../../../src/store/lmdb/process-identity.js';

process.send!(thisProcess());
process.on('message', () => {});
