import { answerChange } from '../answers/answer.js';
import { longWork } from '../batches/long-work.js';
import { defineCommand } from '../command.js';
import { counted } from '../terminal/quantities.js';

export const command = defineCommand({
  name: 'store gc',
  summary: 'Delete all that has expired, and what was left unfinished',
  details: `Each write deletes some of what has expired; this deletes all of it, and gives back the room of values that
ended processes have left unfinished. Others may write meanwhile; what was done when it is stopped stands.
The file keeps its size: what is free in it is used again.`,
  access: 'change',
  arguments: [],
  options: {},
  examples: [{ line: 'kv store gc', summary: 'all that waits' }],

  async run(context) {
    const { buckets } = context.keyvalue;
    const waiting = buckets.facts().find(({ name }) => name === 'expired');
    const { expired, uploads } = await longWork(
      context,
      waiting && Number(waiting.value),
      (options) => buckets.collectGarbage(options),
    );
    const records = counted(expired, 'expired record');
    const left = counted(uploads, 'unfinished upload');
    await answerChange(context, { expired, uploads }, `deleted ${records}, gave back ${left}`);
  },
});
