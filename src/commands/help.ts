import { answerHelp } from '../answers/manual-answer.js';
import { defineCommand } from '../command.js';

export const command = defineCommand({
  name: 'help',
  summary: 'Explain kv, or one of its verbs',
  access: 'none',
  arguments: [
    {
      name: 'verb',
      summary: 'a verb or a group',
      optional: true,
      variadic: true,
      completes: 'verb',
    },
  ],
  options: {},
  examples: [{ line: 'kv help bucket list', summary: 'the same as: kv bucket list --help' }],

  async run(context, { verb }, { manual }) {
    await answerHelp(context, manual, verb?.join(' ') || undefined);
  },
});
