/**
 * Programs that kv starts get the descriptors that kv was started with, each by its own number, and none of kv's own.
 * Node by itself keeps those below 16 from a child, and gives it what LMDB has open, which is not marked to be
 * closed: a child that wrote to that would write into the store.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { wasClosed } from './closed-descriptor.js';
import { atStart, FIRST_OTHER, otherDescriptors } from './descriptors-at-start.js';
import { isNodesOwn } from './inherited-descriptors.js';
import { openFlags } from './open-flags.js';

/** stdin as it is, or a pipe to write to it. */
export type ProgramInput = 'inherit' | 'pipe';

/** Starts a program, with stdout and stderr as they are. */
export function startProgram(
  program: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  input: ProgramInput = 'inherit',
): ChildProcess {
  const closed = [0, 1, 2].filter((at) => wasClosed(at) && (at > 0 || input === 'inherit'));
  const nowhere = openSync('/dev/null', 'r');
  try {
    const stdio = [input, 'inherit', 'inherit', ...others(nowhere)] as const;
    if (closed.length === 0) return spawn(program, words, { env, stdio: [...stdio] });
    // Node opens /dev/null in their place, here and in a child; a shell closes them.
    const line = `exec "$@" ${closed.map((at) => `${at}>&-`).join(' ')}`;
    return spawn('/bin/sh', ['-c', line, 'sh', program, ...words], { env, stdio: [...stdio] });
  } finally {
    closeSync(nowhere);
  }
}

/** What a child gets from descriptor 3 on: `nowhere` in the place of kv's own that it would get. */
function others(nowhere: number): (number | 'ignore')[] {
  const open = otherDescriptors();
  const given = new Map<number, number>();
  for (const [at, file] of open) {
    if (atStart.get(at) === file && !isNodesOwn(at)) given.set(at, at);
    else if (!isClosedInChildren(at)) given.set(at, nowhere);
  }
  const length = Math.max(FIRST_OTHER, ...[...given.keys()].map((at) => at + 1)) - FIRST_OTHER;
  return Array.from({ length }, (_, index) => given.get(index + FIRST_OTHER) ?? 'ignore');
}

/** Of open(2). */
const O_CLOEXEC = 0o2000000;

function isClosedInChildren(descriptor: number): boolean {
  return (openFlags(descriptor) & O_CLOEXEC) !== 0;
}
