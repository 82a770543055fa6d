/** What commands do with a damaged store, as processes: none ends by a signal, and none shows wrong bytes with status 0. */
import { join } from 'node:path';
import { type Ended, runKv } from './kv-process.js';

/** Commands that read, of which the output of a sound store is the right one. */
const READING = [
  ['get', 'key 7', '-b', 'test'],
  ['get', 'large', '-b', 'other'],
  ['keys', '-b', 'test'],
  ['export', '-b', 'test'],
];

/** Statuses of the table: done, absent, and the store. */
const STATUSES = [0, 1, 6];

/** What the reading commands print of a sound store. */
export async function printedOf(folder: string, path: string): Promise<readonly string[]> {
  const all: string[] = [];
  for (const words of READING) all.push((await runKv(folder, ['-s', path, ...words])).stdout);
  return all;
}

/** What commands did that they must not; none for what is right. `right` is of the sound store. */
export async function faultsOfCommands(
  folder: string,
  path: string,
  right: readonly string[],
): Promise<string[]> {
  const faults: string[] = [];
  const run = async (words: readonly string[]): Promise<Ended> => {
    const ended = await runKv(folder, ['-s', path, ...words]);
    const { status, signal, stderr } = ended;
    const isTold = signal === null && STATUSES.includes(status!);
    const isTrace = /^\s+at .*:\d+|a defect of kv's own/m.test(stderr);
    if (!isTold || isTrace) faults.push(`${words.join(' ')}: ${signal ?? status} ${stderr}`);
    return ended;
  };
  await run(['store', 'check']);
  await run(['store', 'salvage', path, join(folder, 'salvaged')]);
  for (const [at, words] of READING.entries()) {
    const { status, stdout } = await run(words);
    const isShort = status === 1 || (status === 0 && stdout !== right[at]);
    if (isShort) faults.push(`${words.join(' ')}: ${status}, other bytes: ${stdout.slice(0, 60)}`);
  }
  await run(['set', 'key 8', 'new', '-b', 'test']);
  await run(['delete', 'key 10', '-b', 'test']);
  return faults;
}
