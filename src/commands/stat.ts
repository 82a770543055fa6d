import { answerFields, isoTime } from '../answers/answer.js';
import { defineCommand } from '../command.js';
import { absentKey, exitCodes } from '../errors.js';
import { exactSize, relativeTime } from '../terminal/quantities.js';

export const command = defineCommand({
  name: 'stat',
  summary: 'Show what is known of a key: size, version, time of change, when it expires, kind',
  details: `The version is a number that grows with every write and never comes back, so that "set --if-version"
notices any change in between, a delete and a new set included. When it expires is shown where it does.`,
  access: 'read',
  sharesTransaction: true,
  arguments: [{ name: 'key', summary: 'the key', completes: 'key' }],
  options: {},
  examples: [{ line: 'kv stat backup', summary: 'one field a line' }],
  exits: { [exitCodes.no]: 'there is no such key' },

  async run(context, { key }) {
    const metadata = context.keyvalue.records.stat(context.bucketToRead(), key);
    if (metadata === undefined) throw absentKey(`stat "${key}"`);
    const { size, version, modified, expires, kind } = metadata;
    const now = Date.now();
    const timeShown = (time: number) => `${isoTime(time)} (${relativeTime(time, now)})`;
    await answerFields(context, [
      ['key', key],
      ['size', size, exactSize(size)],
      ['version', version],
      ['modified', isoTime(modified), timeShown(modified)],
      ...(expires === undefined
        ? []
        : [['expires', isoTime(expires), timeShown(expires)] as const]),
      ['kind', kind],
    ]);
  },
});
