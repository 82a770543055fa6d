import { answerFields, isoTime } from '../answers/answer.js';
import { defineCommand } from '../command.js';
import { absentKey, exitCodes } from '../errors.js';
import { exactSize, relativeTime } from '../terminal/quantities.js';

export const command = defineCommand({
  name: 'stat',
  summary: 'Show what is known of a key: size, version, time of change, kind',
  details: `The version is a number that grows with every write and never comes back, so that "set --if-version"
notices any change in between, a delete and a new set included.`,
  access: 'read',
  sharesTransaction: true,
  arguments: [{ name: 'key', summary: 'the key', completes: 'key' }],
  options: {},
  examples: [{ line: 'kv stat backup', summary: 'one field a line' }],
  exits: { [exitCodes.no]: 'there is no such key' },

  async run(context, { key }) {
    const metadata = context.keyvalue.records.stat(context.bucketToRead(), key);
    if (metadata === undefined) throw absentKey(`stat "${key}"`);
    const { size, version, modified, kind } = metadata;
    await answerFields(context, [
      ['key', key],
      ['size', size, exactSize(size)],
      ['version', version],
      [
        'modified',
        isoTime(modified),
        `${isoTime(modified)} (${relativeTime(modified, Date.now())})`,
      ],
      ['kind', kind],
    ]);
  },
});
