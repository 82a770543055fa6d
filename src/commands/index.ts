/** The registry: every verb, in the order of help. A verb is a file and an entry here. */
import type { Command, Registry, RegistryEntry } from '../command.js';

export const registry: Registry = [
  verb('get', [], () => import('./get.js')),
  verb('set', [], () => import('./set.js')),
  verb('append', [], () => import('./append.js')),
  verb('edit', [], () => import('./edit.js')),
  verb('delete', ['del', 'rm'], () => import('./delete.js')),
  verb('take', [], () => import('./take.js')),
  verb('exists', [], () => import('./exists.js')),
  verb('incr', [], () => import('./incr.js')),
  verb('decr', [], () => import('./decr.js')),
  verb('cas', [], () => import('./cas.js')),
  verb('expire', [], () => import('./expire.js')),
  verb('keys', ['ls'], () => import('./keys.js')),
  verb('stat', [], () => import('./stat.js')),
  verb('grep', [], () => import('./grep.js')),
  verb('du', [], () => import('./du.js')),
  verb('diff', [], () => import('./diff.js')),
  verb('watch', [], () => import('./watch.js')),
  verb('get-many', ['mget'], () => import('./get-many.js')),
  verb('set-many', ['mset'], () => import('./set-many.js')),
  verb('delete-many', ['mdel'], () => import('./delete-many.js')),
  verb('copy', ['cp'], () => import('./copy.js')),
  verb('rename', ['mv'], () => import('./rename.js')),
  verb('import', [], () => import('./import.js')),
  verb('export', [], () => import('./export.js')),
  verb('exec', [], () => import('./exec.js')),
  verb('lock', [], () => import('./lock.js')),
  verb('bucket list', ['bucket ls'], () => import('./bucket-list.js')),
  verb('bucket create', [], () => import('./bucket-create.js')),
  verb('bucket delete', ['bucket rm'], () => import('./bucket-delete.js')),
  verb('bucket rename', ['bucket mv'], () => import('./bucket-rename.js')),
  verb('bucket copy', ['bucket cp'], () => import('./bucket-copy.js')),
  verb('bucket clear', [], () => import('./bucket-clear.js')),
  verb('bucket info', [], () => import('./bucket-info.js')),
  verb('store info', [], () => import('./store-info.js')),
  verb('store backup', [], () => import('./store-backup.js')),
  verb('store restore', [], () => import('./store-restore.js')),
  verb('store check', [], () => import('./store-check.js')),
  verb('store salvage', [], () => import('./store-salvage.js')),
  verb('store readers', [], () => import('./store-readers.js')),
  verb('store compact', [], () => import('./store-compact.js')),
  verb('store gc', [], () => import('./store-gc.js')),
  verb('store upgrade', [], () => import('./store-upgrade.js')),
  verb('run', [], () => import('./run.js')),
  verb('repl', [], () => import('./repl.js')),
  verb('completion', [], () => import('./completion.js')),
  verb('help', [], () => import('./help.js')),
];

function verb(
  name: string,
  aliases: readonly string[],
  load: () => Promise<{ command: Command }>,
): RegistryEntry {
  let loaded: Promise<Command> | undefined;
  return {
    name,
    aliases,
    load() {
      loaded ??= load().then(({ command }) => command);
      return loaded;
    },
  };
}
