/** Runs components in the process of the test, on a store in memory. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KvError } from '../../src/errors.js';
import { type Given, runComponent } from '../../src/host/index.js';
import { createKeyvalue } from '../../src/keyvalue/index.js';
import { MemoryStore } from '../../src/store/memory/memory-store.js';
import { temporaryFolder } from './temporary-folder.js';

/** A component in a file, as `run` wants it; it has no grants, and its streams lead nowhere. */
export function requestOf(bytes: Uint8Array, more: Partial<Given> = {}): Given {
  const path = join(temporaryFolder(), 'guest.wasm');
  writeFileSync(path, bytes);
  return {
    path,
    words: [],
    grants: [],
    keyvalue: createKeyvalue(new MemoryStore()),
    ends: {
      stdin: { read: () => new Uint8Array() } as unknown as Given['ends']['stdin'],
      stdout: { write() {} },
      stderr: { write() {} },
      drain() {},
      isTerminal: { stdin: false, stdout: false, stderr: false },
    },
    ...more,
  };
}

/** How a run ended: its status, or the code and message of what it was refused or trapped with. */
export function outcomeOf(request: Given): number | { code: string; message: string } {
  try {
    return runComponent(request);
  } catch (thrown) {
    if (!(thrown instanceof KvError)) throw thrown;
    return { code: thrown.code, message: thrown.message };
  }
}
