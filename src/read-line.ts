/** Reading a line of a script into something to run, for the session that the script runs in. */
import type { Invocation } from './cli/program.js';
import { withUsage } from './cli/usage.js';
import type { Context, Settings, Step } from './context.js';
import { type ExitCode, exitCodes, KvError } from './errors.js';
import type { Surroundings } from './session.js';
import type { Terminal } from './terminal/terminal.js';

/** `contextFor` gives the context of a line, with settings and a terminal of its own. */
export async function readLine(
  words: readonly string[],
  surroundings: Surroundings,
  contextFor: (settings: Settings, terminal: Terminal) => Context,
): Promise<Step> {
  const invocation = await surroundings.parseLine(words, surroundings.settings);
  const { settings } = invocation;
  if (settings.store !== surroundings.settings.store) {
    throw new KvError('usage', 'a script works on one store, which is chosen before it begins');
  }
  return stepOf(invocation, surroundings, (terminal) => contextFor(settings, terminal));
}

function stepOf(
  invocation: Invocation,
  { manual }: Surroundings,
  contextFor: (terminal: Terminal) => Context,
): Step {
  switch (invocation.kind) {
    case 'run': {
      const { command, input } = invocation;
      const { isBrief = false } = command;
      if (command.inScripts === false) {
        throw new KvError('usage', `"${command.name}" cannot be part of a script`);
      }
      return {
        isBrief: typeof isBrief === 'function' ? isBrief(input) : isBrief,
        async run(terminal) {
          try {
            // A status beyond the table is that of a component, which no script runs.
            const outcome = await command.run(contextFor(terminal), input);
            return (outcome as ExitCode | undefined) ?? exitCodes.done;
          } catch (thrown) {
            throw withUsage(command, thrown);
          }
        },
      };
    }
    case 'help':
      return printing(() => manual.help(invocation.topic));
    case 'version':
      return printing(async () => `kv ${manual.version}\n`);
    case 'bare':
      throw new KvError('usage', 'missing verb', { hint: 'try: help' });
    default:
      return invocation satisfies never;
  }
}

function printing(text: () => Promise<string>): Step {
  return {
    isBrief: false,
    async run({ stdout }) {
      await stdout.write(await text());
      return exitCodes.done;
    },
  };
}
