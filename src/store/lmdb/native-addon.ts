/**
 * Finds lmdb's native part. The build puts this in the place of the package that lmdb uses for it,
 * which looks into many places; the first one that counts on a usual installation is here tried at
 * once.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

export default function loadNativeAddon(): unknown {
  const requireHere = createRequire(import.meta.url);
  // Beside lmdb, wherever the package manager has put it.
  const lmdb = requireHere.resolve('lmdb');
  const requireThere = createRequire(lmdb);
  const libc = process.platform === 'linux' && (isMusl() ? '.musl' : '.glibc');
  const { platform, arch, versions } = process;
  for (const abi of [`abi${versions.modules}`, 'napi']) {
    try {
      return requireThere(`@lmdb/lmdb-${platform}-${arch}/node.${abi}${libc || ''}.node`);
    } catch {
      // The next one, and in the end lmdb's own way, which says what is missing.
    }
  }
  return requireThere('node-gyp-build-optional-packages')(dirname(dirname(lmdb)));
}

function isMusl(): boolean {
  return existsSync('/etc/alpine-release') || existsSync(`/lib/ld-musl-${muslArch()}.so.1`);
}

function muslArch(): string {
  return process.arch === 'x64' ? 'x86_64' : process.arch === 'arm64' ? 'aarch64' : process.arch;
}
