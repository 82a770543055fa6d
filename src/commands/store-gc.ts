import { answerChange } from '../answers/answer.js';
import { longWork } from '../batches/long-work.js';
import { defineCommand } from '../command.js';
import { exitCodes, KvError } from '../errors.js';
import { counted } from '../terminal/quantities.js';
import { visibleMessage } from '../terminal/visible.js';

export const command = defineCommand({
  name: 'store gc',
  summary: 'Delete all that has expired, and what was left unfinished',
  details: `Each write deletes some of what has expired; this deletes all of it, and gives back the room of values that
ended processes have left unfinished. Others may write meanwhile; what was done when it is stopped stands.
What is damaged is left, and told of. The file keeps its size: what is free in it is used again.`,
  access: 'change',
  arguments: [],
  options: {},
  examples: [{ line: 'kv store gc', summary: 'all that waits' }],

  exits: { [exitCodes.store]: 'some of it is damaged, and was left: each is told of' },

  async run(context) {
    const { buckets } = context.keyvalue;
    const { stderr } = context.terminal;
    const { expired, uploads, damaged } = await longWork(context, undefined, (options) =>
      buckets.collectGarbage(options),
    );
    const records = counted(expired, 'expired record');
    const left = counted(uploads, 'unfinished upload');
    const done = `deleted ${records}, gave back ${left}`;
    if (damaged.length === 0) {
      return answerChange(context, { expired, uploads }, done, expired + uploads > 0);
    }
    for (const { message } of damaged) await stderr.write(`${visibleMessage(message)}\n`);
    const what = counted(damaged.length, 'thing is', 'things are');
    throw new KvError('damaged', `cannot collect all garbage: ${what} damaged`, {
      result: done,
      hint: 'try: kv store check, and kv store salvage DAMAGED NEW',
    });
  },
});
