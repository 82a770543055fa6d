import { nameWithin } from '../batches/compressed-input.js';
import { type FolderInput, modes, onErrors } from '../batches/import-options.js';
import { importRecords } from '../batches/import-run.js';
import { defineCommand } from '../command.js';
import type { Context } from '../context.js';
import { asKvError, exitCodes, KvError } from '../errors.js';
import type { ReadOptions } from '../formats/format.js';
import {
  DEFAULT_FORMAT,
  databaseFormatNames,
  type FormatName,
  formatInWords,
  formatNames,
  formatOfFile,
  readOptionsOf,
} from '../formats/index.js';
import { parseCount, parseOneOf } from '../line/option-values.js';
import { inputOrStdin } from '../terminal/input-or-stdin.js';
import { isSameFile } from '../terminal/same-file.js';
import type { Input } from '../terminal/terminal.js';

const parseFormat = parseOneOf(formatNames);
const parseMode = parseOneOf(modes);
const parseOnError = parseOneOf(onErrors);

/** The byte between fields. */
function parseDelimiter(text: string): number {
  const character = text === 'tab' || text === '\\t' ? '\t' : text;
  if (/^[\t -~]$/.test(character) && character !== '"') return character.charCodeAt(0);
  throw new Error('one character of ASCII, such as ";", or tab');
}

/** The names of columns, as a line of CSV without quotes. */
function parseColumns(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.every((name) => name !== '')) return names;
  throw new Error('names with a comma between two');
}

export const command = defineCommand({
  name: 'import',
  summary: 'Load records by the million',
  details: `Formats: ${formatNames.map(formatInWords).join('; ')}. The name of FILE tells which, else it is ${DEFAULT_FORMAT}. Members and columns beside these
are left out, and named in a warning; with --strict they are refused.

A record expires that says so in "expires", a time of RFC 3339, in "ttl" or "expiration_ttl", seconds from
when it is read, or in "expiration", seconds since 1970. What has expired already is left out.

A dump's database that has a name goes into the bucket of that name: into the current one where that is
its name, or, with --create, into any, which is made where it is not there. --database reads one alone,
into the current bucket.

Modes: upsert overwrites; insert rejects a key that is there; replace makes the bucket hold what the file
holds and nothing else, which readers see at once when all is loaded.

With --row, a row of CSV is an object of texts by the names of its columns; an object of JSON stays as it is, or,
without --key, its "value" does, where that is no text. Case, and blanks around them, make no difference in the
names of columns. A line such as sep=; before the header says what separates fields; where there is no header,
--columns says what one would. What gzip has compressed is read, and zstd where Node can (from 22.15).

--format files reads a folder: the path of each file below it, with / between names, is a key, and its bytes
are the value. Modes, times, empty folders and symbolic links are not kept, and links not followed.

A rejected record is named by FILE:LINE, in a JSON array by FILE:LINE:COLUMN and its number; of skipped
ones the first 20 are, or with --rejects each is, in FILE. Without --on-error=skip the first one ends the
import; what came before it stays, and the message says with which --skip to go on. With --atomic and
with --mode=replace nothing is stored before the end, and an import that ends early changes nothing.

What comes in no order, for a bucket of more than 125 MiB, is sorted before it is stored, where it may overwrite. That
borrows up to 4 GiB of the disk, and a quarter of what is free, in a file of the store's folder that has no name and goes
with kv. Some of what lies behind the line that is told may then be stored as well; it is stored again.`,
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
    key: {
      value: 'COLUMN',
      summary: 'the column, or member of JSON, that is the key; key if left out',
    },
    value: { value: 'COLUMN', summary: 'the one that is the value; value if left out' },
    columns: {
      value: 'NAMES',
      summary: 'of csv and tsv without a header: what their columns are called, as key,value',
      parse: parseColumns,
    },
    row: { summary: 'the value is the whole row, as JSON; see above' },
    delimiter: {
      value: 'C',
      summary: 'of csv and tsv: what is between fields; a character, or tab',
      parse: parseDelimiter,
    },
    base64: { summary: 'all values are base64' },
    escapes: { summary: 'of tsv: \\t, \\n, \\\\ and \\N as databases write them, and no quotes' },
    prefix: { value: 'P', summary: 'of a folder: begin each key with P' },
    delete: { summary: 'of a folder: delete the keys that begin with P and that no file has' },
    database: { value: 'NAME', summary: 'of a dump read this database alone' },
    dryRun: { short: 'n', summary: 'read and check everything, and change no bucket' },
  },
  examples: [
    { line: 'kv import users.ndjson', summary: 'a file' },
    { line: 'kv import big.csv.gz --key id --row', summary: 'rows as JSON, compressed' },
    { line: 'consul kv export | kv import --format json --base64', summary: "another store's" },
    {
      line: 'kv import t.tsv --escapes --columns id,_,v --key id --value v',
      summary: "a table as PostgreSQL's COPY writes it",
    },
    {
      line: 'kv import data.csv --on-error skip --rejects bad.ndjson',
      summary: 'the valid ones, the others into a file',
    },
    { line: 'kv import snapshot.ndjson --mode replace', summary: 'exactly this content' },
    {
      line: 'kv import site --format files --prefix www/ --delete',
      summary: 'a folder, and no other keys below www/',
    },
    {
      line: 'mdb_dump -a old | kv import --format mdb --create',
      summary: 'each database into a bucket',
    },
  ],
  exits: { [exitCodes.badData]: 'records were rejected' },

  async run(context, input) {
    const { file, format, rejects: rejectsFile, prefix, delete: mirror, ...options } = input;
    if (file !== undefined && rejectsFile !== undefined && isSameFile(file, rejectsFile)) {
      throw new KvError('usage', `--rejects names "${file}", which is to be read`);
    }
    const known = format ?? formatOfFile(nameWithin(file ?? '')) ?? DEFAULT_FORMAT;
    if (known !== 'files' && (prefix !== undefined || mirror)) {
      throw new KvError('usage', '--prefix and --delete are for --format files');
    }
    if (options.database !== undefined && !databaseFormatNames.includes(known)) {
      const formats = databaseFormatNames.join(', ');
      throw new KvError('usage', `--database is for the format ${formats}, and this is ${known}`);
    }
    return importRecords(context, {
      ...options,
      readOptions: readOptionsIn(input, known),
      input:
        known === 'files'
          ? folderOf(file, { prefix: prefix ?? '', mirror }, options.mode)
          : await openInput(context, file),
      name: file === undefined || file === '-' ? 'stdin' : file,
      format: known,
      rejectsFile,
      mode: options.mode ?? modes[0],
      onError: options.onError ?? onErrors[0],
      skip: options.skip ?? 0,
    });
  },
});

/** Opens a stream; for a folder the error says how to import it. */
async function openInput({ terminal }: Context, file: string | undefined): Promise<Input> {
  try {
    return await inputOrStdin(terminal, 'import', file);
  } catch (thrown) {
    const { code, message, hint, cause = thrown } = asKvError(thrown);
    const isFolder = (cause as NodeJS.ErrnoException).code === 'EISDIR';
    const way = isFolder ? 'a folder of files: --format files' : hint;
    throw new KvError(code, message, { hint: way, cause });
  }
}

interface ReadOptionsInput {
  readonly key: string | undefined;
  readonly value: string | undefined;
  readonly row: boolean;
  readonly delimiter: number | undefined;
  readonly columns: readonly string[] | undefined;
  readonly base64: boolean;
  readonly escapes: boolean;
}

/**
 * How records are read; undefined without options for it. Throws `usage` for options that
 * contradict each other.
 */
function readOptionsIn(
  { key, value, row, delimiter: separator, columns, base64, escapes }: ReadOptionsInput,
  format: FormatName,
): ReadOptions | undefined {
  const readOptions = { key, value, row, base64, separator, columns, escapes };
  const given = Object.entries(readOptions).filter(
    ([, said]) => said !== undefined && said !== false,
  );
  const possible: readonly string[] = readOptionsOf(format);
  const misplaced = given.find(([name]) => !possible.includes(name))?.[0];
  if (misplaced !== undefined) {
    const option = misplaced === 'separator' ? 'delimiter' : misplaced;
    throw new KvError('usage', `--${option} is not for --format ${format}`);
  }
  if (row && (value !== undefined || base64)) {
    throw new KvError('usage', `either --row or --${value === undefined ? 'base64' : 'value'}`);
  }
  return given.length > 0 ? readOptions : undefined;
}

/** The folder to read. Throws `usage` if it is not one, or if all keys are deleted anyway. */
function folderOf(
  path: string | undefined,
  below: Pick<FolderInput, 'prefix' | 'mirror'>,
  mode: string | undefined,
): FolderInput {
  if (path === undefined || path === '-') {
    throw new KvError('usage', '--format files reads a folder', {
      hint: 'try: kv import DIR --format files',
    });
  }
  if (below.mirror && mode === 'replace') {
    throw new KvError('usage', 'either --delete or --mode replace, which leaves no other key');
  }
  return { kind: 'folder', path, ...below };
}
