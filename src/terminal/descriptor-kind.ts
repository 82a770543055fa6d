/**
 * The kind of a file descriptor. It is asked of the kernel, because Node's own streams answer only
 * after loading `tty`, `net` and `stream`: 2 ms that `kv get` cannot spare.
 */
import { fstatSync, statSync } from 'node:fs';

/** `pipe`: a FIFO or a socket. `file`: a file or a directory. `device`: anything else. */
export type DescriptorKind = 'terminal' | 'pipe' | 'file' | 'device';

export async function descriptorKind(descriptor: number): Promise<DescriptorKind> {
  const stats = fstatSync(descriptor);
  if (stats.isFIFO() || stats.isSocket()) return 'pipe';
  if (stats.isFile() || stats.isDirectory()) return 'file';
  if (!stats.isCharacterDevice() || isNull(stats.rdev)) return 'device';
  const tty = await import('node:tty');
  return tty.isatty(descriptor) ? 'terminal' : 'device';
}

/** /dev/null, the usual stdin under scripts and cron, is recognised without loading `tty`: 1 ms. */
function isNull(device: number): boolean {
  return statSync('/dev/null', { throwIfNoEntry: false })?.rdev === device;
}
