import { afterChange } from '../answers/answer.js';
import { answerInLine, answerRecord } from '../answers/record-answer.js';
import { defineCommand } from '../command.js';
import type { Context } from '../context.js';
import { exitCodes, KvError } from '../errors.js';
import { visibleLine } from '../terminal/visible.js';
import { requireAll } from './get-many.js';

export const command = defineCommand({
  name: 'take',
  summary: 'Print the value of a key and delete it, in one step',
  details: `Of all who take a key one gets it. With --first a prefix is a queue: its keys are taken in order,
however many take from it at once. A key is gone before its value is printed, but where that goes to a
file, which may be full: then it stays where it cannot be written. Of several keys each takes a line, as get-many
prints it.`,
  access: 'change',
  sharesTransaction: true,
  arguments: [
    { name: 'keys', summary: 'the keys', optional: true, variadic: true, completes: 'key' },
  ],
  options: {
    first: { value: 'PREFIX', summary: 'the first key that begins with PREFIX', completes: 'key' },
  },
  examples: [
    { line: 'kv take token', summary: 'once only' },
    { line: 'kv take --first jobs/ --json', summary: 'the next job, with its key' },
    { line: 'while job=$(kv -q take --first jobs/); do echo "$job"; done', summary: 'a worker' },
  ],
  exits: { [exitCodes.no]: 'there is no such key' },

  async run(context, { keys, first }) {
    if ((keys === undefined) === (first === undefined)) {
      throw new KvError('usage', 'either KEYs or --first PREFIX');
    }
    if (first !== undefined) return takeFirst(context, first);
    const bucket = context.bucketToWrite();
    const absent: string[] = [];
    await inOneStep(context, async () => {
      for (const key of keys ?? []) {
        const value = context.keyvalue.records.take(bucket, key);
        if (value === undefined) absent.push(key);
        if (keys?.length !== 1) await print(context, key, () => answerInLine(context, key, value));
        else if (value) await print(context, key, () => answerRecord(context, key, value));
      }
    });
    requireAll('take', keys ?? [], absent);
  },
});

/** Takes and prints in one transaction, if the output does not make other writers wait. */
async function inOneStep<T>(context: Context, work: () => Promise<T>): Promise<T> {
  const { transactions } = context.keyvalue;
  const isBrief = context.terminal.stdout.neverWaits && transactions.areSupported;
  return isBrief ? context.interruptible((signal) => transactions.group(work, signal)) : work();
}

async function takeFirst(context: Context, prefix: string): Promise<void> {
  const bucket = context.bucketToWrite();
  const key = await inOneStep(context, async () => {
    const taken = context.keyvalue.records.takeFirst(bucket, prefix);
    if (taken === undefined) {
      const action = prefix === '' ? 'take the first key' : `take the first key of "${prefix}"`;
      throw new KvError('absent', `cannot ${action}: there is none`);
    }
    await print(context, taken.key, () => answerRecord(context, taken.key, taken.value));
    return taken.key;
  });
  if (context.terminal.stderr.isTerminal) await context.terminal.note(`took "${visibleLine(key)}"`);
}

/** Prints the record that was taken. */
async function print(context: Context, key: string, write: () => Promise<void>): Promise<void> {
  await afterChange(context, `took "${key}"`, write);
}
