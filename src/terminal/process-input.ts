/** The process's stdin as an input. */
import { fstatSync } from 'node:fs';
import { KvError } from '../errors.js';
import { readFile, readStream } from './byte-pieces.js';
import { wasClosed } from './closed-descriptor.js';
import { type DescriptorKind, descriptorKind } from './descriptor-kind.js';
import type { Input } from './terminal.js';

export async function processInput(): Promise<Input> {
  const kind = await descriptorKind(0);
  // The rest of a file may be shorter: whoever opened it may have read some of it.
  const size = kind === 'file' ? fstatSync(0).size : 0;
  return {
    kind: inputKinds[kind],
    ...(size > 0 && { size }),
    chunks() {
      if (kind === 'pipe' || kind === 'terminal') return readStream(process.stdin, ACTION);
      if (kind === 'device' && wasClosed(0)) {
        throw new KvError('io', `cannot ${ACTION}: it is closed`);
      }
      return readFile(0, ACTION);
    },
  };
}

const ACTION = 'read stdin';

/**
 * A directory is a `stream` too: reading it fails with the reason, while `none` would be silent.
 */
const inputKinds: Readonly<Record<DescriptorKind, Input['kind']>> = {
  terminal: 'terminal',
  pipe: 'stream',
  file: 'stream',
  device: 'none',
};
