/** Turns a line of a script into a step to run, for the script's session. */

import { answerHelp, answerVersion } from '../answers/manual-answer.js';
import type { Access, Command, Registry, Tools } from '../command.js';
import type { Context, Settings, Step } from '../context.js';
import { type ExitCode, exitCodes, KvError } from '../errors.js';
import { type Invocation, parseLine } from '../line/invocation.js';
import { withUsage } from '../line/usage.js';
import { noProgress } from '../terminal/progress.js';
import type { Terminal } from '../terminal/terminal.js';
import type { Surroundings } from './surroundings.js';

/** What the command of a line gets, with its own settings and terminal. */
type SessionFor = (
  settings: Settings,
  terminal: Terminal,
) => { readonly context: Context; readonly tools: Tools };

/** See `Tools`. */
export async function readLine(
  words: readonly string[],
  surroundings: Surroundings,
  sessionFor: SessionFor,
): Promise<Step> {
  const { settings: own } = surroundings;
  const invocation = await parseLine(words, verbsOf(surroundings), own);
  const { settings } = invocation;
  if (settings.store !== own.store) {
    const whole = surroundings.promptVerbs ? 'session' : 'script';
    throw new KvError('usage', `a ${whole} works on one store, which is chosen before it begins`);
  }
  // Prepared now, so that the store is not made within a group of lines that may be undone.
  if (invocation.kind === 'run') {
    const access = accessOf(invocation.command, invocation.input);
    if (access !== 'none') await surroundings.prepare?.(access);
  }
  const isQuieter = settings.quiet && !own.quiet;
  const sessionForLine = isQuieter ? quietly(sessionFor) : sessionFor;
  return stepOf(invocation, { ...surroundings, settings }, sessionForLine);
}

/** For a line with -q among others: the terminal is told once that the line is quiet. */
function quietly(sessionFor: SessionFor): SessionFor {
  const unsaid = { note: async () => {}, progress: async () => noProgress };
  return (settings, terminal) => sessionFor(settings, { ...terminal, ...unsaid });
}

/** The verbs that a line may use; called for each line of a script. */
export function verbsOf({ verbs, promptVerbs }: Surroundings): Registry {
  return promptVerbs === undefined ? verbs : [...verbs, ...promptVerbs];
}

function stepOf(
  invocation: Invocation,
  { promptVerbs, settings }: Surroundings,
  sessionFor: SessionFor,
): Step {
  switch (invocation.kind) {
    case 'run': {
      const { command, input } = invocation;
      const { sharesTransaction = false } = command;
      if (promptVerbs ? command.inSessions === false : command.inScripts === false) {
        const whole = promptVerbs ? 'session' : 'script';
        throw new KvError('usage', `"${command.name}" cannot be part of a ${whole}`);
      }
      return {
        sharesTransaction:
          typeof sharesTransaction === 'function' ? sharesTransaction(input) : sharesTransaction,
        writes: !settings.readOnly && writes(command, input),
        bucket: settings.bucket,
        async run(terminal) {
          try {
            // A status beyond the table is a component's, and scripts run no components.
            const { context, tools } = sessionFor(settings, terminal);
            const outcome = await command.run(context, input, tools);
            return (outcome as ExitCode | undefined) ?? exitCodes.done;
          } catch (thrown) {
            throw withUsage(command, thrown);
          }
        },
      };
    }
    case 'help':
      return printing(settings, sessionFor, ({ context, tools }) =>
        answerHelp(context, tools.manual, invocation.topic),
      );
    case 'version':
      return printing(settings, sessionFor, ({ context, tools }) =>
        answerVersion(context, tools.manual),
      );
    case 'bare':
      throw new KvError('usage', 'missing verb', { hint: 'try: help' });
    default:
      return invocation satisfies never;
  }
}

function writes(command: Command, input: Readonly<Record<string, unknown>>): boolean {
  const access = accessOf(command, input);
  return access === 'write' || access === 'change' || access === 'revise';
}

function accessOf({ access }: Command, input: Readonly<Record<string, unknown>>): Access {
  return typeof access === 'function' ? access(input) : access;
}

function printing(
  settings: Settings,
  sessionFor: SessionFor,
  print: (session: ReturnType<SessionFor>) => Promise<void>,
): Step {
  return {
    sharesTransaction: false,
    writes: false,
    bucket: settings.bucket,
    async run(terminal) {
      await print(sessionFor(settings, terminal));
      return exitCodes.done;
    },
  };
}
