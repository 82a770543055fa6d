/** wasi:random@0.2. All randomness, the insecure too, comes from the system's generator. */
import { randomBytes } from 'node:crypto';
import { Trap } from '../errors.js';

/** The most bytes returned at once; a guest that asks for more traps. */
const LIMIT_BYTES = 16 * 1024 * 1024;

/** The interfaces by name. */
export function wasiRandom() {
  return {
    'wasi:random/random': { getRandomBytes: bytes, getRandomU64: u64 },
    'wasi:random/insecure': { getInsecureRandomBytes: bytes, getInsecureRandomU64: u64 },
    'wasi:random/insecure-seed': { insecureSeed: () => [u64(), u64()] },
  };
}

function bytes(length: bigint): Uint8Array {
  if (length > LIMIT_BYTES) {
    throw new Trap(`${length} random bytes are asked for, and the limit is ${LIMIT_BYTES}`);
  }
  return randomBytes(Number(length));
}

function u64(): bigint {
  return randomBytes(8).readBigUInt64LE();
}
