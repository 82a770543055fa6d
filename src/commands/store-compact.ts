import { answer } from '../answers/answer.js';
import { longWork } from '../batches/long-work.js';
import { defineCommand } from '../command.js';
import { exitCodes, KvError } from '../errors.js';
import { humanSize } from '../terminal/quantities.js';

export const command = defineCommand({
  name: 'store compact',
  summary: 'Give room that nothing needs any more back to the disk',
  details: `Moves what is in use to the beginning of the store's file, and cuts the file off behind it. Others may have
the store open: who writes meanwhile waits, who reads goes on, and who reads an older state for long is waited
for (--wait DUR bounds that, and kv store readers shows them). It takes room for a second copy of what is in use.
Ended at any moment, by Ctrl-C or kill -9, the store holds what it held, and the next compaction ends the work.`,
  access: 'none',
  inScripts: false,
  inSessions: false,
  arguments: [],
  options: {},
  examples: [{ line: 'kv store compact', summary: '2.8 GiB -> 9.0 MiB' }],
  exits: { [exitCodes.busy]: 'others wrote, or read, for longer than --wait says' },

  async run(context, _, { maintenanceOf }) {
    const { settings, terminal } = context;
    const { store } = settings;
    if (settings.readOnly) {
      throw new KvError('read-only', `cannot compact store "${store}": --read-only was given`);
    }
    const compaction = await (await maintenanceOf(store)).compaction();
    if (terminal.stderr.isTerminal) {
      await terminal.note(`needs up to ${humanSize(compaction.neededBytes)} more of the disk`);
    }
    const { before, after } = await longWork(
      context,
      compaction.workBytes,
      (options) => compaction.run(options),
      { unit: 'bytes' },
    );
    await answer(context, { before, after }, `${humanSize(before)} -> ${humanSize(after)}`);
  },
});
