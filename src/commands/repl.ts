import { defineCommand } from '../command.js';
import { exitCodes, exitMeanings } from '../errors.js';
import { runScript } from '../scripts/script-run.js';

export const command = defineCommand({
  name: 'repl',
  summary: 'A prompt for these verbs; a bare kv at a terminal opens it',
  details: `A line is a verb as it follows kv on a command line, with the quotes and backslashes of a shell and
without its variables; an open quote goes on in the next line. Beside the verbs there are use, begin,
commit, rollback, history, timing, clear and exit: help explains them. Between begin and commit others
who write wait.

 get k | jq .      what follows the first | is a command of your shell
 get k > FILE      into a file, whole or not at all; >> FILE behind its end
 set k < FILE      from a file
 3 incr n          a verb three times
 !COMMAND          a command of your shell
 ? VERB            help

Tab completes verbs, options, buckets and stored keys, and commands and files behind | and !; Ctrl-R searches the lines typed before; Ctrl-X Ctrl-E
opens the line in $VISUAL or $EDITOR; Ctrl-C
clears the line or stops the verb; Ctrl-Z stops kv, which keeps an open transaction, and fg goes on;
Ctrl-D leaves. What does not fit the screen goes through $PAGER.
The values of set, append, set-many and cas are not written to the history.

Where stdin is no terminal, what it holds is run as a script: see "kv help exec".`,
  // The prompt appears before the store is open.
  access: 'none',
  inScripts: false,
  inSessions: false,
  arguments: [],
  options: {},
  examples: [
    { line: 'kv', summary: 'at a terminal, the same' },
    { line: 'kv repl -b sessions --read-only', summary: 'to look around in a bucket' },
    { line: 'kv repl < nightly.kv', summary: 'the same as: kv exec nightly.kv' },
  ],

  exits: { [exitCodes.store]: exitMeanings[exitCodes.store] },

  async run(context, _, tools) {
    const { stdin, stdout } = context.terminal;
    if (stdin.kind !== 'terminal' || !stdout.isTerminal) {
      const script = { input: stdin, name: 'stdin', atomic: false, keepGoing: false };
      return tools.withStore('each', (opened, { readLine }) =>
        runScript(opened, { ...script, readLine }),
      );
    }
    await tools.prompt();
    return undefined;
  },
});
