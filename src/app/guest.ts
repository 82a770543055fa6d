/** Wiring of a component's run: the process's streams, and the folder of what is kept for the next. */
import type { GuestRequest } from '../context.js';
import { userFolder } from '../disk/user-folder.js';
import { KvError } from '../errors.js';
import { runComponent } from '../host/index.js';
import { standardEnds } from '../terminal/standard-ends.js';

/** See `Host.run`. */
export async function runGuest(request: GuestRequest, env: NodeJS.ProcessEnv): Promise<number> {
  const ends = await standardEnds();
  const cacheFolder = request.cache ? cacheFolderOf(env) : undefined;
  const brokenPipe = new KvError('broken-pipe', 'cannot write to stdout: the reader went away');
  try {
    const status = await runComponent({ ...request, ends, cacheFolder });
    if (status !== 0 && ends.isBroken) throw brokenPipe;
    return status;
  } catch (thrown) {
    const isTrap = thrown instanceof KvError && thrown.code === 'trapped';
    throw isTrap && ends.isBroken ? brokenPipe : thrown;
  }
}

/**
 * `$XDG_CACHE_HOME/kv`, else `~/.cache/kv`; undefined where there is no home folder, or Node has
 * altered its path, which is not UTF-8.
 */
function cacheFolderOf(env: NodeJS.ProcessEnv): string | undefined {
  const folder = userFolder('cache', env);
  return folder?.includes('\ufffd') ? undefined : folder;
}
