import { answer, isoTime } from '../answers/answer.js';
import { momentOf } from '../answers/backup-moment.js';
import { LineWriter } from '../answers/line-writer.js';
import { longWork } from '../batches/long-work.js';
import { defineCommand } from '../command.js';
import type { BackupInfo, Context } from '../context.js';
import { exitCodes, KvError } from '../errors.js';
import { counted } from '../terminal/quantities.js';
import { visibleJson } from '../terminal/visible.js';

export const command = defineCommand({
  name: 'store restore',
  summary: 'Make a store of a backup, or say what is in one',
  details: `A backup that was made with --since follows the one that it was made since. All of them are read and
checked before the store appears, in one step. Where there is one already, --force keeps that beside it, under a
name that is told. On Redis it has to be a NAME without buckets, of which all appear in one step; a backup of a folder
is unpacked in $TMPDIR on the way there, which takes as much room as the store.`,
  access: 'none',
  arguments: [
    {
      name: 'files',
      summary: 'a backup, and those since; - is stdin',
      variadic: true,
      completes: 'file',
    },
  ],
  options: {
    force: { summary: 'replace a store that is there, and keep it beside' },
    list: { summary: 'say what is in each backup, and restore nothing' },
  },
  examples: [
    { line: 'kv store restore --list monday.kvb', summary: 'its buckets and keys' },
    { line: 'kv -s ./copy store restore monday.kvb tuesday.kvb', summary: 'a chain of two' },
  ],
  exits: {
    [exitCodes.conditionFailed]: 'there is a store already',
    [exitCodes.badData]: 'a file is no backup, or is damaged',
  },

  async run(context, { files, force, list }, { maintenanceOf }) {
    const { settings, terminal } = context;
    if (files.length === 0) throw new KvError('usage', 'missing argument FILE');
    if (settings.readOnly && !list) {
      throw new KvError(
        'read-only',
        `cannot restore store "${settings.store}": --read-only was given`,
      );
    }
    const maintenance = await maintenanceOf(settings.store);
    const inputs = [];
    for (const file of files)
      inputs.push(file === '-' ? terminal.stdin : await terminal.openInput(file));
    if (list) {
      for (const [at, input] of inputs.entries()) {
        await printInfo(context, files[at]!, await maintenance.inspect(input.chunks()));
      }
      return;
    }
    const chunks = inputs.map((input) => input.chunks());
    const { info, replaced } = await longWork(
      context,
      undefined,
      (options) => maintenance.restore(chunks, { ...options, replace: force }),
      { unit: 'bytes' },
    );
    const { buckets, transaction } = info;
    const keys = buckets.reduce((sum, bucket) => sum + bucket.keys, 0);
    const remark = `restored store "${settings.store}": ${momentOf(transaction)}${counted(keys, 'key')}`;
    const json = { restored: settings.store, transaction, buckets: buckets.length, keys };
    if (settings.json) {
      await answer(context, { ...json, ...(replaced !== undefined && { replaced }) }, remark);
    } else {
      await terminal.note(remark);
      if (replaced !== undefined) await terminal.note(`what was there is now "${replaced}"`);
    }
  },
});

async function printInfo(context: Context, file: string, info: BackupInfo): Promise<void> {
  const lines = new LineWriter(context);
  const { made, transaction, since, buckets } = info;
  if (context.settings.json) {
    await lines.write(visibleJson({ file, made: isoTime(made), transaction, since, buckets }));
  } else {
    const what = since === 0 ? 'whole' : `since transaction ${since}`;
    await lines.write(`${lines.keyText(file)}: ${what}, ${momentOf(transaction)}${isoTime(made)}`);
    for (const { name, keys } of buckets) await lines.write(`${keys}\t${lines.keyText(name)}`);
  }
  await lines.end();
}
