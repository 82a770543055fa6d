/** Tells what lmdb has loaded. */
import * as lmdb from 'lmdb';
import { Encoder } from 'msgpackr';
import { leave, say } from './program.js';

const { nativeAddon } = lmdb as unknown as { nativeAddon: object };
let hasEncoder = true;
try {
  new Encoder();
} catch {
  hasEncoder = false;
}
await say({ isMended: Object.hasOwn(nativeAddon, 'Env'), hasEncoder });
leave();
