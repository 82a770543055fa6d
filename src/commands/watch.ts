import { setTimeout as sleep } from 'node:timers/promises';
import { ChangePrinter } from '../answers/change-printer.js';
import { defineCommand } from '../command.js';
import type { Context } from '../context.js';
import { ioError } from '../errors.js';
import { parseCount } from '../line/option-values.js';
import { stoppable } from '../terminal/stoppable-output.js';
import { beforeStops } from '../terminal/suspension.js';

/** Milliseconds between two looks for a store that does not exist yet. */
const PAUSE_MS = 50;

export const command = defineCommand({
  name: 'watch',
  summary: 'Print what is set, deleted and expires, as it happens',
  details: `A line for each change, by whomever: set, delete or expire; then in a pipe, split by tabs, the size and the version of
the value, the time, and the key as keys prints it; with --values what was set, as get-many does. Of a key that is gone
they are those that it had. Some tenths of a second pass at most. Several changes of a key between two looks
are told as one; what is told together begins with what is gone, and goes on with what was set, in the order of its versions.

Others who write notice nothing, and their number does not matter: a look reads what has changed. It ends with Ctrl-C,
when nobody reads what it prints, or after --limit N changes. While it is stopped (Ctrl-Z), or whoever reads from it does
not, the file of the store can be used again; then it tells what has changed meanwhile. In a range of more than 100,000
keys it does not know what was deleted or has expired in that time, and says so: missed.

A bucket may be deleted, renamed or made meanwhile: its keys are then deleted, or set. A store that is replaced ends
it, with 6. A value over 64 MiB is left out.`,
  access: 'read',
  inScripts: false,
  arguments: [
    { name: 'prefix', summary: 'only keys that begin with it', optional: true, completes: 'key' },
  ],
  options: {
    initial: { summary: 'begin with what is there, in the order of the keys' },
    values: { summary: 'with the values that are set' },
    start: { value: 'K', summary: 'from K on', completes: 'key' },
    end: { value: 'K', summary: 'up to K, without K itself', completes: 'key' },
    limit: { value: 'N', summary: 'end after N changes', parse: parseCount },
  },
  examples: [
    { line: 'kv watch', summary: 'the bucket, until Ctrl-C' },
    {
      line: 'kv watch config/ --initial --values --json',
      summary: 'what is there, and what comes',
    },
    { line: 'kv watch job/ --limit 1 && kv take --first job/', summary: 'wait for one' },
    {
      line: 'kv watch --json | while read -r change; do echo "$change"; done',
      summary: 'a line each, at once',
    },
  ],

  async run(context, { values, limit = Number.POSITIVE_INFINITY, ...selection }, { findStore }) {
    const { keyvalue, settings, terminal } = context;
    if (limit === 0) return;
    await whileRead(context, async (signal) => {
      while (!(await findStore())) {
        await sleep(PAUSE_MS);
        signal.throwIfAborted();
      }
      // Throws for a missing bucket; `default` may be made later.
      context.bucketToRead();
      const watch = keyvalue.watches.begin(settings.bucket, selection);
      const stopped = beforeStops(async () => watch.letGo());
      try {
        await terminal.note(`watching bucket "${settings.bucket}", until Ctrl-C`);
        const stdout = stoppable(terminal.stdout, signal);
        const own = { settings, terminal: { ...terminal, stdout } };
        const printer = new ChangePrinter(own, watch, values);
        let left = limit;
        for await (const changes of watch.changes(signal)) {
          left -= await printer.print(changes, left);
          if (left <= 0) return;
        }
      } finally {
        stopped();
        watch.close();
      }
    });
  },
});

/**
 * Does work that ends by a signal, or when the reader of stdout has gone, even if nothing is
 * printed.
 */
function whileRead(
  { interruptible, terminal }: Context,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  return interruptible(async (stop) => {
    const unread = new AbortController();
    const tell = () => unread.abort(ioError('write to stdout', { code: 'EPIPE' }));
    const endLooking = await terminal.stdout.whenUnread?.(tell);
    try {
      await work(AbortSignal.any([stop, unread.signal]));
    } finally {
      endLooking?.();
    }
  });
}
