import { exportRecords } from '../batches/export-run.js';
import { outputOfRecords } from '../batches/shown-records.js';
import { defineCommand } from '../command.js';
import { DEFAULT_FORMAT, formatOfFile, loadFormat, writtenFormatNames } from '../formats/index.js';
import { parseOneOf } from '../line/option-values.js';
import { unlessAborted } from '../terminal/pump.js';

const parseFormat = parseOneOf(writtenFormatNames);

export const command = defineCommand({
  name: 'export',
  summary: 'Print all records, to be imported again',
  details: `What is printed is the state of one moment, whoever writes meanwhile, in the order of the keys. Imported
again it gives the same bucket, byte for byte.`,
  // What is missing must not become an empty backup.
  access: 'inspect',
  arguments: [
    { name: 'prefix', summary: 'only keys that begin with it', optional: true, completes: 'key' },
  ],
  options: {
    output: {
      short: 'o',
      value: 'FILE',
      summary: 'write to FILE, which appears whole or not at all; - is stdout',
      completes: 'file',
    },
    format: {
      value: 'FORM',
      summary: `${writtenFormatNames.join(', ')}; else what FILE is called, else ${DEFAULT_FORMAT}`,
      parse: parseFormat,
      completes: writtenFormatNames,
    },
  },
  examples: [
    { line: 'kv export > all.ndjson', summary: 'one record a line' },
    { line: 'kv export user/ -o users.csv', summary: 'a part, as CSV' },
  ],

  async run(context, { prefix, output: path = '-', format }) {
    const name = format ?? parseFormat(formatOfFile(path) ?? DEFAULT_FORMAT);
    const encoder = (await loadFormat(name)).encoder!();
    const records = context.keyvalue.listing.listRecords(context.bucketToRead(), { prefix });
    const { terminal } = context;
    if (path === '-') {
      return exportRecords(records, encoder, outputOfRecords(terminal.stdout, name), terminal);
    }
    await context.interruptible(async (signal) => {
      const file = await unlessAborted(terminal.openOutput(path), signal);
      try {
        const output = outputOfRecords(file, name);
        await exportRecords(records, encoder, output, terminal, signal);
        await file.commit();
      } finally {
        await file.abandon();
      }
    });
  },
});
