/** Shows keys as a tree, split at a separator. The keys come in order, ascending or descending. */

/** How deep a branch may lie; what is deeper shows as one name. */
const DEPTH_LIMIT = 100;

/** A line of the tree, in the order in which it is printed. */
export interface TreeLine {
  readonly depth: number;
  /** The part of the key that this line adds; a branch's ends with the separator. */
  readonly name: string;
  /** How many keys lie below; absent for a key itself. */
  readonly keys?: number;
}

/**
 * The lines of the tree, for keys that share their first `from` characters and come in groups.
 * After each group it yields undefined, since a long time may pass without a line. Keys with a
 * common prefix come together, so only one branch of the first level is in memory at a time: until
 * its last key has come, because its line shows the count.
 */
export function* keyTree(
  chunks: Iterable<readonly string[]>,
  separator: string,
  from = 0,
  depth = 0,
): Generator<TreeLine | undefined> {
  let branch: Branch | undefined;
  for (const keys of chunks) {
    for (const key of keys) {
      if (branch && key.startsWith(branch.path)) {
        branch.keys.push(key);
        continue;
      }
      if (branch) yield* linesOf(branch, separator, from, depth);
      branch = depth < DEPTH_LIMIT ? branchOf(key, separator, from) : undefined;
      if (!branch) yield { depth, name: key.slice(from) };
    }
    yield undefined;
  }
  if (branch) yield* linesOf(branch, separator, from, depth);
}

interface Branch {
  /** The prefix of its keys; it ends with the separator. */
  readonly path: string;
  readonly keys: string[];
}

function branchOf(key: string, separator: string, from: number): Branch | undefined {
  const at = key.indexOf(separator, from);
  return at === -1 ? undefined : { path: key.slice(0, at + separator.length), keys: [key] };
}

function* linesOf(
  { path, keys }: Branch,
  separator: string,
  from: number,
  depth: number,
): Generator<TreeLine | undefined> {
  yield { depth, name: path.slice(from), keys: keys.length };
  yield* keyTree([keys], separator, path.length, depth + 1);
}
