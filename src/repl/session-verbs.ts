/** The verbs of the prompt alone: they act on the session, not on the store. */
import { type Command, defineCommand, type Registry } from '../command.js';
import type { Context } from '../context.js';
import { absentBucket, KvError } from '../errors.js';
import { placeInWords } from '../line/user-folder.js';
import { visibleMessage } from '../terminal/visible.js';
import type { PromptSession } from './prompt-session.js';

/** Verbs that change `session`. */
export function sessionVerbs(session: PromptSession): Registry {
  const commands = [
    use(session),
    begin(session),
    commit(session),
    rollback(session),
    history(session),
    timing(session),
    clear(),
    exit(session),
  ];
  return commands.map((command) => ({
    name: command.name,
    aliases: command.aliases ?? [],
    load: async () => command,
  }));
}

function use(session: PromptSession): Command {
  return defineCommand({
    name: 'use',
    summary: 'Work in another bucket from here on',
    details: 'Without BUCKET it lists the buckets to choose from.',
    access: 'read',
    arguments: [{ name: 'bucket', summary: 'its name', optional: true, completes: 'bucket' }],
    options: {},
    examples: [{ line: 'use sessions', summary: 'the bucket "sessions"' }],

    async run(context, { bucket }) {
      const name = bucket ?? (await chooseBucket(context, session.settings.bucket));
      if (!context.hasBucket(name)) throw absentBucket(name);
      session.settings = { ...session.settings, bucket: name };
    },
  });
}

async function chooseBucket({ keyvalue, terminal }: Context, current: string): Promise<string> {
  const names = keyvalue.buckets.list().map(({ name }) => name);
  if (!terminal.canAsk) {
    throw new KvError('usage', 'missing BUCKET: nobody can be asked', { hint: 'try: use BUCKET' });
  }
  if (names.length === 0) {
    throw new KvError('no-bucket', 'cannot choose a bucket: there is none yet', {
      hint: 'the first write makes "default"; try: bucket create NAME',
    });
  }
  return terminal.choose('Which bucket?', names, current);
}

function begin(session: PromptSession): Command {
  return defineCommand({
    name: 'begin',
    summary: 'Begin a transaction',
    details: `The verbs up to commit are one transaction: they see what those before them wrote, nobody else does, and
all of it is written, or with rollback nothing. A verb that fails undoes only what it wrote itself.
Leaving the session rolls back.

Others who write wait until it ends, in this process and in every other; readers do not.`,
    access: 'write',
    arguments: [],
    options: {},
    examples: [{ line: 'begin', summary: 'and then verbs, and commit or rollback' }],

    async run({ terminal }) {
      await session.begin();
      await terminal.note('a transaction has begun; others who write wait for commit or rollback');
    },
  });
}

function commit(session: PromptSession): Command {
  return defineCommand({
    name: 'commit',
    summary: 'Make what the transaction wrote last',
    access: 'none',
    arguments: [],
    options: {},
    examples: [],

    async run({ terminal }) {
      await session.commit();
      await terminal.note('committed');
    },
  });
}

function rollback(session: PromptSession): Command {
  return defineCommand({
    name: 'rollback',
    summary: 'Undo what the transaction wrote',
    access: 'none',
    arguments: [],
    options: {},
    examples: [],

    async run({ terminal }) {
      await session.rollBack();
      await terminal.note('rolled back');
    },
  });
}

function history(session: PromptSession): Command {
  return defineCommand({
    name: 'history',
    summary: 'List the lines typed so far, the newest last',
    details: `Ctrl-R searches them. They are kept in ${placeInWords('state', 'history')}, for
you alone to read; the values of set, set-many and cas are not written there, nor a line that is no
verb's.`,
    access: 'none',
    arguments: [{ name: 'count', summary: 'how many; all if left out', optional: true }],
    options: {},
    examples: [{ line: 'history 10', summary: 'the last ten' }],

    async run({ terminal }, { count }) {
      const { lines } = session.history;
      const from = count === undefined ? 0 : Math.max(0, lines.length - countOf(count));
      const width = String(lines.length).length;
      const { style, write } = terminal.stdout;
      const numbered = lines
        .map((line, at) => [String(at + 1).padStart(width), visibleMessage(line)] as const)
        .slice(from);
      await write(numbered.map(([number, line]) => `${style.detail(number)}  ${line}\n`).join(''));
    },
  });
}

function countOf(text: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  throw new KvError('usage', `"${text}" is not a whole number`);
}

const switches = ['on', 'off'] as const;

function timing(session: PromptSession): Command {
  return defineCommand({
    name: 'timing',
    summary: 'Tell how long each verb takes, or stop telling',
    access: 'none',
    arguments: [
      {
        name: 'switch',
        summary: 'on or off',
        shown: 'on|off',
        optional: true,
        completes: switches,
      },
    ],
    options: {},
    examples: [{ line: 'timing on', summary: 'the time of each verb, on a line below it' }],

    async run({ terminal }, { switch: text }) {
      const chosen = switches.find((one) => one === text);
      if (text !== undefined && chosen === undefined) {
        throw new KvError('usage', `"${text}" is neither on nor off`);
      }
      if (chosen) session.isTiming = chosen === 'on';
      await terminal.note(`timing is ${session.isTiming ? 'on' : 'off'}`);
    },
  });
}

function clear(): Command {
  return defineCommand({
    name: 'clear',
    summary: 'Clear the screen; Ctrl-L does too',
    access: 'none',
    arguments: [],
    options: {},
    examples: [],

    async run({ terminal: { stdout } }) {
      if (stdout.isTerminal) await stdout.write('\x1b[H\x1b[2J');
    },
  });
}

function exit(session: PromptSession): Command {
  return defineCommand({
    name: 'exit',
    aliases: ['quit'],
    summary: 'Leave; Ctrl-D does too',
    access: 'none',
    arguments: [],
    options: {},
    examples: [],

    async run() {
      session.isOver = true;
    },
  });
}
