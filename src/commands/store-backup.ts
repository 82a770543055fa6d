import { resolve } from 'node:path';
import { answer } from '../answers/answer.js';
import { momentOf } from '../answers/backup-moment.js';
import { type LongWorkOptions, longWork } from '../batches/long-work.js';
import { defineCommand } from '../command.js';
import type { Backup, Context } from '../context.js';
import { KvError } from '../errors.js';
import { isReplaced } from '../terminal/file-output.js';
import { unlessAborted } from '../terminal/pump.js';
import { counted } from '../terminal/quantities.js';
import { stoppable } from '../terminal/stoppable-output.js';
import type { Terminal } from '../terminal/terminal.js';
import { visibleMessage } from '../terminal/visible.js';

export const command = defineCommand({
  name: 'store backup',
  summary: 'Write one moment of the whole store to a file',
  details: `Others may write meanwhile. The backup has every page that is in use, each looked at before, with
checksums. FILE appears whole, read back and on the disk, or not at all; - is stdout. With --since it has
what was changed since an earlier backup, which is needed as well to restore it. So that no backup of another
store is taken for an earlier one, nor of a copy that went its own way, the store notes its last 64 backups;
where that cannot be done within two seconds, as others write or it may not be written to, that is said.
A store on Redis has no pages: its backup is of records, each as it is when it is read, with versions and times. Either
kind is restored to a folder and to Redis.`,
  access: 'none',
  arguments: [{ name: 'file', summary: 'where to; - is stdout', completes: 'file' }],
  options: {
    since: {
      value: 'BACKUP',
      summary: 'only what was changed since that one was made',
      completes: 'file',
    },
  },
  examples: [
    { line: 'kv store backup monday.kvb', summary: 'all of it' },
    { line: 'kv store backup tuesday.kvb --since monday.kvb', summary: 'what came since' },
    { line: "kv store backup - | ssh host 'kv store restore -'", summary: 'a store moves house' },
    {
      line: 'kv store backup - | kv -s redis+cluster://host store restore -',
      summary: 'to more than one house',
    },
  ],

  async run(context, { file, since }, { maintenanceOf }) {
    const { settings, terminal } = context;
    if (since !== undefined && resolve(since) === resolve(file)) {
      throw new KvError('usage', 'FILE and the backup of --since are the same');
    }
    const maintenance = await maintenanceOf(settings.store);
    const earlier = since === undefined ? undefined : (await terminal.openInput(since)).chunks();
    const backup = await maintenance.backup({ earlier, isReadOnly: settings.readOnly });
    try {
      await longWork(
        context,
        undefined,
        async (options, own) => {
          if (isReplaced(file)) await backup.save(file, options);
          else await pour(backup.blocks(), file, own.terminal, options);
        },
        { unit: 'bytes' },
      );
      if (file !== '-') await reportBackup(context, file, backup);
      if (backup.unnoted && !settings.quiet) {
        await terminal.stderr.write(`${visibleMessage(notToBeContinued(backup.unnoted))}\n`);
      }
    } finally {
      await backup.close();
    }
  },
});

/** Writes to an existing target: stdout, a FIFO, a descriptor that the shell opened. */
async function pour(
  blocks: Iterable<Buffer | undefined>,
  file: string,
  terminal: Terminal,
  { pause, signal }: LongWorkOptions,
): Promise<void> {
  // Opening a FIFO waits for its reader.
  const output = await unlessAborted(terminal.openOutput(file), signal);
  try {
    if (output.isTerminal) {
      const name = file === '-' ? 'stdout' : `"${file}"`;
      throw new KvError('usage', `a backup is binary, and ${name} is a terminal`);
    }
    const { write } = stoppable(output, signal);
    for (const block of blocks) {
      if (block) await write(block);
      await pause();
    }
    await output.commit();
  } finally {
    await output.abandon();
  }
}

async function reportBackup(
  context: Context,
  file: string,
  { info, unnoted }: Backup,
): Promise<void> {
  const { transaction, since, buckets } = info!;
  const keys = buckets.reduce((sum, bucket) => sum + bucket.keys, 0);
  const isNoted = unnoted === undefined;
  const remark = `wrote "${file}": ${momentOf(transaction)}${counted(keys, 'key')}`;
  if (context.settings.json) {
    const json = { file, transaction, since, buckets: buckets.length, keys, isNoted };
    await answer(context, json, remark);
  } else if (context.terminal.stderr.isTerminal) await context.terminal.note(remark);
}

function notToBeContinued({ message }: KvError): string {
  return `the store has no note of this backup, so none can be made --since it: ${message}`;
}
