import { report } from '../answers/answer.js';
import { defineCommand } from '../command.js';

export const command = defineCommand({
  name: 'delete-many',
  aliases: ['mdel'],
  summary: 'Delete several keys in one transaction',
  details: `A key that is not there is passed over. Either all are deleted or none is.`,
  access: 'change',
  sharesTransaction: true,
  arguments: [{ name: 'keys', summary: 'the keys', variadic: true, completes: 'key' }],
  options: {},
  examples: [{ line: 'kv delete-many host port', summary: 'two keys at once' }],

  async run(context, { keys }) {
    const deleted = context.keyvalue.records.deleteRecords(context.bucketToWrite(), keys);
    const remark = `deleted ${deleted} of ${keys.length}`;
    await report(context, { deleted }, remark, deleted > 0);
  },
});
