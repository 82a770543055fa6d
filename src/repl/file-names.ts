/** Completes the names of files. */
import { opendirSync, statSync } from 'node:fs';
import type { Candidate } from '../line/completion.js';

/** The most names that are read from a folder. */
const FILE_LIMIT = 10_000;

/**
 * In order; a folder ends with a slash and can be continued. Throws if the folder cannot be read.
 */
export function fileNames(start: string): Candidate[] {
  const folder = start.slice(0, start.lastIndexOf('/') + 1);
  const beginning = start.slice(folder.length);
  const paths: string[] = [];
  const directory = opendirSync(folder || '.');
  try {
    for (let seen = 0; seen < FILE_LIMIT; seen++) {
      const entry = directory.readSync();
      if (entry === null) break;
      if (!entry.name.startsWith(beginning)) continue;
      if (entry.name.startsWith('.') && !beginning.startsWith('.')) continue;
      const path = folder + entry.name;
      const stats = statSync(path, { throwIfNoEntry: false });
      paths.push(stats?.isDirectory() ? `${path}/` : path);
    }
  } finally {
    directory.closeSync();
  }
  return paths.sort().map((text) => ({ text, goesOn: text.endsWith('/') }));
}
