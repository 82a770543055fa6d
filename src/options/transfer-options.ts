/** What copy and rename have in common on the command line. */
import type { Argument, Options } from '../command.js';
import { exitCodes } from '../errors.js';

export const transferArguments = [
  { name: 'source', summary: 'an existing key', completes: 'key' },
  { name: 'target', summary: 'the new key; overwritten where it exists' },
] as const satisfies readonly Argument[];

export const transferOptions = {
  toBucket: { value: 'B', summary: 'into bucket B', completes: 'bucket' },
  ifAbsent: { summary: 'only where there is no target yet' },
} as const satisfies Options;

export const transferExits = {
  [exitCodes.no]: 'there is no such source',
  [exitCodes.conditionFailed]: 'the target is there already; nothing was changed',
};
