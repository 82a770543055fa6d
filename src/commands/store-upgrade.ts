import { basename } from 'node:path';
import { answer } from '../answers/answer.js';
import { longWork } from '../batches/long-work.js';
import { defineCommand } from '../command.js';
import { exitCodes, KvError } from '../errors.js';
import { counted, humanSize } from '../terminal/quantities.js';

export const command = defineCommand({
  name: 'store upgrade',
  summary: 'Carry a store of an older format over to the one of this version',
  details: `Writes a new data file beside the old one, compares the two record by record, and puts it in the place of the
old one, which is kept as data.mdb.format-1 until you delete it. Ended at any moment, the store is either as it was or
upgraded. Nobody else may have the store open, and the disk needs room for both files.`,
  access: 'none',
  arguments: [],
  options: {},
  examples: [{ line: 'kv store upgrade', summary: 'does nothing where there is nothing to do' }],
  exits: { [exitCodes.busy]: 'another process has the store open' },

  async run(context, _, { maintenanceOf }) {
    const { settings, terminal } = context;
    const { store } = settings;
    if (settings.readOnly) {
      throw new KvError('read-only', `cannot upgrade store "${store}": --read-only was given`);
    }
    const upgrade = (await maintenanceOf(store)).upgrade();
    if (terminal.stderr.isTerminal) {
      await terminal.note(`needs up to ${humanSize(upgrade.bytes)} more of the disk`);
    }
    const { from, to, buckets, keys, kept } = await longWork(context, undefined, (options) =>
      upgrade.run(options),
    );
    if (kept === undefined) {
      await answer(context, { format: to }, `the store is in format ${to} already`);
      return;
    }
    const contents = `${counted(keys, 'key')} in ${counted(buckets, 'bucket')}`;
    const remark = `upgraded from format ${from} to ${to}: ${contents}; the old file is "${basename(kept)}"`;
    await answer(context, { format: to, upgraded: from, buckets, keys, kept }, remark);
  },
});
