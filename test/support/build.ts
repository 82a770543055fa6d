/**
 * Builds the program once, before any test: some of them run it as its users do. Its compiled code is
 * kept in one folder for all of them, as for a user, so that each start does not compile it anew.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default function setup(): () => void {
  // Where it is set, Node reads all of its certificates at each start, and there are thousands.
  delete process.env.NODE_EXTRA_CA_CERTS;
  const root = join(import.meta.dirname, '../..');
  execFileSync(process.execPath, ['scripts/build.js'], { cwd: root, stdio: 'inherit' });
  const caches = mkdtempSync(join(tmpdir(), 'kv-test-caches-'));
  process.env.KV_TEST_CACHES = caches;
  return () => rmSync(caches, { recursive: true, force: true });
}
