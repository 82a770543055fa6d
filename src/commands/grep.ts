import { MatchPrinter } from '../answers/match-printer.js';
import { signalsWhenDue } from '../batches/long-work.js';
import { defineCommand } from '../command.js';
import { exitCodes, KvError } from '../errors.js';

export const command = defineCommand({
  name: 'grep',
  summary: 'Search values for a pattern, and print the lines that match',
  details: `PATTERN is a regular expression of JavaScript. Each line that matches follows its key and a tab, byte for
byte in a pipe. Of a binary value only the key is told. Values of any size are searched as they flow;
a line over 1 MiB is searched in parts of that size, of which the first that matches is printed.`,
  access: 'read',
  arguments: [
    { name: 'pattern', summary: 'what to search for' },
    {
      name: 'prefix',
      summary: 'only in keys that begin with it',
      optional: true,
      completes: 'key',
    },
  ],
  options: {
    ignoreCase: { short: 'i', summary: 'capitals and small letters are the same' },
    fixed: { short: 'F', summary: 'PATTERN is a text, and no regular expression' },
    list: { short: 'l', summary: 'only the keys' },
    count: { short: 'c', summary: 'only the keys, each with the number of its lines' },
  },
  examples: [
    { line: 'kv grep "time(d )?out" logs/', summary: 'lines of some values' },
    { line: 'kv grep -F -l alice@example.com', summary: 'where a text stands' },
    { line: 'kv grep -c "" notes/', summary: 'how many lines each value has' },
  ],
  exits: { [exitCodes.done]: 'something matches', [exitCodes.no]: 'nothing does' },

  async run(context, { pattern: text, prefix, list, count, ...how }) {
    if (list && count) throw new KvError('usage', 'either --list or --count, not both');
    const { listing } = context.keyvalue;
    const pattern = listing.pattern(text, how);
    const bucket = context.bucketToRead();
    const printer = new MatchPrinter(context, pattern, list ? 'keys' : count ? 'counts' : 'lines');
    // A pattern may take for ever with one line: a signal that is not listened to ends that.
    const pause = signalsWhenDue(context);
    const records = listing.listRecords(bucket, { prefix });
    for (const found of listing.searchValues(records, pattern, list)) {
      for (const match of found) await printer.take(match);
      await pause();
    }
    await printer.end();
    return printer.hasFound ? exitCodes.done : exitCodes.no;
  },
});
