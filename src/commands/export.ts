import { exportRecords } from '../batches/export-run.js';
import { outputOfRecords } from '../batches/shown-records.js';
import { defineCommand } from '../command.js';
import { exitCodes, KvError } from '../errors.js';
import { DEFAULT_FORMAT, formatOfFile, loadFormat, writtenFormatNames } from '../formats/index.js';
import { parseOneOf } from '../line/option-values.js';
import { unlessAborted } from '../terminal/pump.js';
import { stoppable } from '../terminal/stoppable-output.js';

const parseFormat = parseOneOf(writtenFormatNames);

export const command = defineCommand({
  name: 'export',
  summary: 'Print all records, to be imported again',
  details: `What is printed is the state of one moment, whoever writes meanwhile, in the order of the keys. Imported
again it gives the same bucket, byte for byte; only mdb and files cannot say when a record expires.

--format files writes each value to a file below the folder DIR, at the path that is left of its key behind
PREFIX; each appears whole or not at all, and none that is the same is written. A key that can be no path is
named, and the others are written. Nothing is written outside of DIR, to whatever links in it lead.`,
  // What is missing must not become an empty backup.
  access: 'inspect',
  arguments: [
    { name: 'prefix', summary: 'only keys that begin with it', optional: true, completes: 'key' },
  ],
  options: {
    output: {
      short: 'o',
      value: 'FILE',
      summary:
        'write to FILE, or below the folder DIR; a file appears whole or not at all; - is stdout',
      completes: 'file',
    },
    format: {
      value: 'FORM',
      summary: `${writtenFormatNames.join(', ')}; else what FILE is called, else ${DEFAULT_FORMAT}`,
      parse: parseFormat,
      completes: writtenFormatNames,
    },
    delete: { summary: 'of a folder: delete the files in it that no key has' },
    dryRun: {
      short: 'n',
      summary: 'of a folder: list what would be added (+), changed (~), deleted (-)',
    },
  },
  examples: [
    { line: 'kv export > all.ndjson', summary: 'one record a line' },
    { line: 'kv export user/ -o users.csv', summary: 'a part, as CSV' },
    { line: 'kv export www/ -o site --format files', summary: 'a file a key' },
  ],

  exits: { [exitCodes.badData]: 'keys can be the name of no file' },

  async run(context, { prefix, output: path = '-', format, delete: mirror, dryRun }) {
    const name = format ?? parseFormat(formatOfFile(path) ?? DEFAULT_FORMAT);
    if (name === 'files') {
      if (path === '-') {
        throw new KvError('usage', '--format files writes to a folder', {
          hint: 'try: kv export PREFIX -o DIR --format files',
        });
      }
      const { exportFiles } = await import('../batches/files-export.js');
      return exportFiles(context, { prefix: prefix ?? '', path, mirror, dryRun });
    }
    if (mirror || dryRun) {
      throw new KvError('usage', '--delete and --dry-run are for --format files');
    }
    const encoder = (await loadFormat(name)).encoder!();
    const records = context.keyvalue.listing.listRecords(context.bucketToRead(), { prefix });
    const { terminal } = context;
    if (path === '-') {
      await exportRecords(records, encoder, outputOfRecords(terminal.stdout, name), terminal);
      return exitCodes.done;
    }
    await context.interruptible(async (signal) => {
      const file = await unlessAborted(terminal.openOutput(path), signal);
      try {
        const output = outputOfRecords(stoppable(file, signal), name);
        await exportRecords(records, encoder, output, terminal, signal);
        await file.commit();
      } finally {
        await file.abandon();
      }
    });
    return exitCodes.done;
  },
});
