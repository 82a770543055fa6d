import { modes, onErrors } from '../batches/import-options.js';
import { importRecords } from '../batches/import-run.js';
import { defineCommand } from '../command.js';
import { exitCodes, KvError } from '../errors.js';
import {
  DEFAULT_FORMAT,
  databaseFormatNames,
  formatInWords,
  formatNames,
  formatOfFile,
} from '../formats/index.js';
import { parseCount, parseOneOf } from '../line/option-values.js';
import { inputOrStdin } from '../terminal/input-or-stdin.js';
import { isSameFile } from '../terminal/same-file.js';

const parseFormat = parseOneOf(formatNames);
const parseMode = parseOneOf(modes);
const parseOnError = parseOneOf(onErrors);

export const command = defineCommand({
  name: 'import',
  summary: 'Load records by the million',
  details: `Formats: ${formatNames.map(formatInWords).join('; ')}. The name of FILE tells which, else it is ${DEFAULT_FORMAT}. Members and columns beside these
are left out, and named in a warning; with --strict they are refused.

A dump's database that has a name goes into the bucket of that name: into the current one where that is
its name, or, with --create, into any, which is made where it is not there. --database reads one alone,
into the current bucket.

Modes: upsert overwrites; insert rejects a key that is there; replace makes the bucket hold what the file
holds and nothing else, which readers see at once when all is loaded.

A rejected record is named by FILE:LINE, in a JSON array by FILE:LINE:COLUMN and its number; of skipped
ones the first 20 are, or with --rejects each is, in FILE. Without --on-error=skip the first one ends the
import; what came before it stays, and the message says with which --skip to go on. With --atomic and
with --mode=replace nothing is stored before the end, and an import that ends early changes nothing.`,
  access: ({ dryRun }) => (dryRun ? 'rehearse' : 'write'),
  arguments: [
    { name: 'file', summary: 'what to read; stdin if left out', optional: true, completes: 'file' },
  ],
  options: {
    format: {
      value: 'FORM',
      summary: formatNames.join(', '),
      parse: parseFormat,
      completes: formatNames,
    },
    mode: {
      value: 'MODE',
      summary: `${modes.join(', ')}; ${modes[0]} if left out`,
      parse: parseMode,
      completes: modes,
    },
    onError: {
      value: 'WHAT',
      summary: 'stop at a rejected record, or skip it; stop if left out',
      parse: parseOnError,
      completes: onErrors,
    },
    rejects: {
      value: 'FILE',
      summary: 'write rejected records and reasons to FILE, as JSON; with --skip, append them',
      completes: 'file',
    },
    skip: {
      value: 'N',
      summary: 'pass over the records of the first N lines; of JSON arrays, the first N records',
      parse: parseCount,
    },
    atomic: { summary: 'one transaction: all of it, or nothing' },
    strict: { summary: 'reject records with members that are not known, and such columns' },
    create: { summary: 'make the bucket where there is none, and one for each database of a dump' },
    database: { value: 'NAME', summary: 'of a dump read this database alone' },
    dryRun: { short: 'n', summary: 'read and check everything, and change no bucket' },
  },
  examples: [
    { line: 'kv import users.ndjson', summary: 'a file' },
    { line: 'zcat big.csv.gz | kv import --format csv', summary: 'a pipe' },
    {
      line: 'kv import data.csv --on-error skip --rejects bad.ndjson',
      summary: 'the valid ones, the others into a file',
    },
    { line: 'kv import snapshot.ndjson --mode replace', summary: 'exactly this content' },
    {
      line: 'mdb_dump -a old | kv import --format mdb --create',
      summary: 'each database into a bucket',
    },
  ],
  exits: { [exitCodes.badData]: 'records were rejected' },

  async run(context, { file, format, rejects: rejectsFile, ...options }) {
    if (file !== undefined && rejectsFile !== undefined && isSameFile(file, rejectsFile)) {
      throw new KvError('usage', `--rejects names "${file}", which is to be read`);
    }
    const known = format ?? formatOfFile(file ?? '') ?? DEFAULT_FORMAT;
    if (options.database !== undefined && !databaseFormatNames.includes(known)) {
      const formats = databaseFormatNames.join(', ');
      throw new KvError('usage', `--database is for the format ${formats}, and this is ${known}`);
    }
    return importRecords(context, {
      ...options,
      input: await inputOrStdin(context.terminal, 'import', file),
      name: file === undefined || file === '-' ? 'stdin' : file,
      format: known,
      rejectsFile,
      mode: options.mode ?? modes[0],
      onError: options.onError ?? onErrors[0],
      skip: options.skip ?? 0,
    });
  },
});
