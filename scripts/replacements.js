/**
 * Packages of lmdb's that are replaced, wherever its code is loaded: in the build, in the tests, and in
 * the programs that those start. lmdb looks for its native part, and loads encoders, in ways that
 * cost more than all the rest of a `kv get`; and the native part is mended.
 */
import { fileURLToPath } from 'node:url';

const inStore = (name) => fileURLToPath(new URL(`../src/store/lmdb/${name}`, import.meta.url));

export const replacements = {
  'node-gyp-build-optional-packages': inStore('native-addon.ts'),
  msgpackr: inStore('no-encoder.ts'),
  'ordered-binary': inStore('no-encoder.ts'),
};
