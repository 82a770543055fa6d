import { answerFields } from '../answers/answer.js';
import { defineCommand } from '../command.js';
import { humanSize } from '../terminal/quantities.js';

export const command = defineCommand({
  name: 'store info',
  summary: 'Show what the store holds and how large it is',
  access: 'inspect',
  arguments: [],
  options: {},
  examples: [{ line: 'kv store info', summary: 'one field a line' }],

  async run(context) {
    const facts = context.keyvalue.buckets.facts();
    await answerFields(
      context,
      facts.map(({ name, value, unit }) =>
        unit === 'bytes' ? [words(name), value, humanSize(Number(value))] : [words(name), value],
      ),
    );
  },
});

/** A name in camel case as a person reads it. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
