/** A registry to test the command line with: every shape of verb, and no work done. */
import { type Command, defineCommand, type Registry } from '../../src/command.js';

const get = defineCommand({
  name: 'get',
  summary: 'Print the value of a key',
  details:
    'A pipe gets the exact bytes. A terminal gets text, with control characters made visible; of a ' +
    'binary value it gets the head of a hex dump.\n\nA piece of it:\n\n  kv get photo --offset 0 --length 16',
  access: 'read',
  arguments: [{ name: 'key', summary: 'The key', completes: 'key' }],
  options: {
    output: { short: 'o', value: 'FILE', summary: 'Write to a file', completes: 'file' },
    offset: { value: 'N', summary: 'Skip the first N bytes', parse: wholeNumber },
    length: { value: 'N', summary: 'Print at most N bytes', parse: wholeNumber },
    format: {
      value: 'raw|text|hex|base64',
      summary:
        'How to show the bytes: raw in a pipe, text on a terminal, unless this says otherwise',
      completes: ['raw', 'text', 'hex', 'base64'],
    },
    default: { value: 'V', summary: 'Print V where there is no such key' },
  },
  examples: [
    { line: 'kv get greeting', summary: 'Print a value' },
    { line: 'kv get photo > photo.jpg', summary: 'Keep its exact bytes' },
    { line: "kv get config --default '{}' | jq .theme", summary: 'Do without, where it is absent' },
  ],
  exits: { 1: 'the key is absent' },
  run: async () => undefined,
});

const set = defineCommand({
  name: 'set',
  summary: 'Store a value under a key',
  access: 'write',
  arguments: [
    { name: 'key', summary: 'The key', completes: 'key' },
    { name: 'newValue', summary: 'The value; - or nothing: stdin', optional: true },
  ],
  options: {
    file: { short: 'f', value: 'FILE', summary: 'Read the value from a file', completes: 'file' },
    ifAbsent: { summary: 'Only where the key is absent' },
  },
  examples: [],
  run: async () => undefined,
});

const del = defineCommand({
  name: 'delete',
  aliases: ['del', 'rm'],
  summary: 'Delete keys',
  access: 'write',
  arguments: [{ name: 'keys', summary: 'The keys', optional: true, variadic: true }],
  options: {
    prefix: { value: 'P', summary: 'Delete the keys that begin with P' },
    dryRun: { short: 'n', summary: 'Only say what would be deleted' },
  },
  examples: [],
  run: async () => undefined,
});

const incr = defineCommand({
  name: 'incr',
  summary: 'Add to a counter',
  access: 'write',
  arguments: [
    { name: 'key', summary: 'The key' },
    { name: 'delta', summary: 'What to add', optional: true },
  ],
  options: {},
  examples: [],
  run: async () => undefined,
});

const keys = defineCommand({
  name: 'keys',
  aliases: ['ls'],
  summary: 'List keys: [all] or those with a prefix',
  access: 'read',
  arguments: [{ name: 'prefix', summary: "What the keys begin with: 'user:'", optional: true }],
  options: {
    long: { short: 'l', summary: 'One line each: size, version, modified' },
    nul: { short: '0', summary: 'Raw keys, each ended by NUL' },
    start: { value: 'K', summary: 'First key' },
    limit: { value: 'N', summary: 'At most N keys', parse: wholeNumber },
    tree: { short: 't', value: 'SEP', bare: '/', summary: 'As a tree, parted at SEP' },
  },
  examples: [],
  run: async () => undefined,
});

const mget = defineCommand({
  name: 'get-many',
  aliases: ['mget'],
  summary: 'Print several values',
  access: 'read',
  arguments: [{ name: 'keys', summary: 'The keys', variadic: true, completes: 'key' }],
  options: {},
  examples: [],
  run: async () => undefined,
});

const bucketList = defineCommand({
  name: 'bucket list',
  aliases: ['bucket ls'],
  summary: 'List the buckets',
  access: 'read',
  arguments: [],
  options: { long: { short: 'l', summary: 'With sizes' } },
  examples: [],
  run: async () => undefined,
});

const bucketCreate = defineCommand({
  name: 'bucket create',
  summary: 'Create a bucket',
  access: 'write',
  arguments: [{ name: 'name', summary: 'Its name' }],
  options: {},
  examples: [],
  run: async () => undefined,
});

const importRecords = defineCommand({
  name: 'import',
  summary: 'Store records from a file',
  access: 'write',
  arguments: [{ name: 'file', summary: 'The file', optional: true, completes: 'file' }],
  options: {},
  examples: [],
  run: async () => undefined,
});

const run = defineCommand({
  name: 'run',
  summary: 'Run a component',
  access: 'write',
  arguments: [
    { name: 'component', summary: 'The file of the component', completes: 'file' },
    { name: 'args', summary: 'What the component is given', optional: true, variadic: true },
  ],
  options: {
    bucket: { value: 'GUEST=REAL[:ro]', summary: 'Grant a bucket under a name' },
    quick: { short: 'q', summary: 'Hurry' },
  },
  examples: [],
  run: async () => undefined,
});

const help = defineCommand({
  name: 'help',
  summary: 'Explain a verb',
  access: 'none',
  arguments: [
    { name: 'verb', summary: 'The verb', optional: true, variadic: true, completes: 'verb' },
  ],
  options: {},
  examples: [],
  run: async () => undefined,
});

const completion = defineCommand({
  name: 'completion',
  summary: "Print a shell's completion script",
  access: 'none',
  arguments: [{ name: 'shell', summary: 'The shell', completes: ['bash', 'zsh', 'fish'] }],
  options: {},
  examples: [],
  run: async () => undefined,
});

export const fixtureCommands: readonly Command[] = [
  get,
  set,
  del,
  incr,
  keys,
  mget,
  bucketList,
  bucketCreate,
  importRecords,
  run,
  help,
  completion,
];

export const fixtureRegistry: Registry = registryOf(fixtureCommands);

/** `onLoad` hears the name of each command that is loaded. */
export function registryOf(
  commands: readonly Command[],
  onLoad: (name: string) => void = () => {},
): Registry {
  return commands.map((command) => ({
    name: command.name,
    aliases: command.aliases ?? [],
    load: async () => {
      onLoad(command.name);
      return command;
    },
  }));
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error('a whole number is expected');
  return Number(text);
}
