/** The wiring: from the words of the command line to the exit status, which only this file sets. */
import { answerHelp, answerVersion } from '../answers/manual-answer.js';
import type { Command, Registry } from '../command.js';
import { registry } from '../commands/index.js';
import type { Host, Manual, Settings } from '../context.js';
import { asKvError, exitCodes, KvError } from '../errors.js';
import { checkEnvironment } from '../line/environment.js';
import { parse, settingsOf } from '../line/invocation.js';
import { withUsage } from '../line/usage.js';
import { type Launch, RESTART_SIGNAL } from '../start/launch.js';
import { writeError } from '../terminal/error-message.js';
import { openTerminal } from '../terminal/process-terminal.js';
import type { Terminal } from '../terminal/terminal.js';
import { checkArguments } from './arguments.js';
import { runCommand } from './session.js';
import { endBySignal } from './signals.js';
import type { Surroundings } from './surroundings.js';

/** The package's version, put in by the build. */
declare const KV_VERSION: string;

/** Words that the completion scripts and `npm run generate` use: not verbs, and not documented. */
const unlisted = { complete: '__complete', manPage: '__man' } as const;

/** Runs `kv` with the words after its name. Sets `process.exitCode`; never throws. */
export async function main(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  launch?: Launch,
): Promise<void> {
  const settings = settingsOf(argv, env);
  const terminal = await openTerminal({ ...settings, env });
  try {
    process.exitCode = await run(argv, env, terminal, launch);
    launch?.reached('the verb has run');
  } catch (thrown) {
    if (thrown === idIsTaken) {
      process.kill(process.pid, RESTART_SIGNAL);
      return;
    }
    const error = asKvError(thrown);
    await showError(error, settings, terminal, env);
    process.exitCode = error.exitCode;
    if (error.code === 'interrupted') endBySignal(error);
    // The guest may have been stopped inside a transaction, so nothing is awaited or closed.
    if (error.code === 'timed-out') process.exit();
  }
}

async function run(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  terminal: Terminal,
  launch: Launch = { verb: undefined, reached() {} },
): Promise<number> {
  const surroundings = {
    terminal,
    env,
    verbs: registry,
    manualWith,
    host,
    ...(launch.restarts && { idIsTaken: beginAnew }),
  };
  const manual = manualWith([]);
  switch (argv[0]) {
    case unlisted.complete: {
      launch.verb = unlisted.complete;
      const { completeLine } = await import('./complete-line.js');
      return completeLine(argv.slice(1), surroundings);
    }
    case unlisted.manPage:
      await terminal.stdout.write(await manual.manPage());
      return exitCodes.done;
  }
  await checkArguments(argv, registry);
  const invocation = await parse(argv, registry, env);
  const { settings } = invocation;
  checkEnvironment(settings, env);
  launch.verb = invocation.kind === 'run' ? invocation.command.name : invocation.kind;
  launch.reached('the line is read');
  switch (invocation.kind) {
    case 'run':
      return runVerb(invocation, { ...surroundings, settings });
    case 'help':
      await answerHelp({ settings, terminal }, manual, invocation.topic);
      return exitCodes.done;
    case 'version':
      await answerVersion({ settings, terminal }, manual);
      return exitCodes.done;
    case 'bare': {
      const verb = verbOfBare(terminal);
      if (verb === undefined) {
        if (settings.json) throw new KvError('usage', 'missing verb', { hint: 'try: kv help' });
        await terminal.stderr.write(await manual.help(undefined, terminal.stderr.columns));
        return exitCodes.usage;
      }
      const command = await registry.find(({ name }) => name === verb)!.load();
      return runVerb({ command, input: {} }, { ...surroundings, settings });
    }
    default:
      return invocation satisfies never;
  }
}

/** What ends this process, for the first one of its container to start it anew under another id. */
const idIsTaken = new Error('the id is taken');

function beginAnew(): void {
  throw idIsTaken;
}

/** What `kv` without words does: the prompt for a person, a script from stdin, or nothing. */
function verbOfBare({ stdin, stdout }: Terminal): 'repl' | 'exec' | undefined {
  switch (stdin.kind) {
    case 'terminal':
      return stdout.isTerminal ? 'repl' : undefined;
    case 'stream':
      return 'exec';
    case 'none':
      return undefined;
    default:
      return stdin.kind satisfies never;
  }
}

async function runVerb(
  { command, input }: { command: Command; input: Readonly<Record<string, unknown>> },
  surroundings: Surroundings,
): Promise<number> {
  try {
    return (await runCommand(command, input, surroundings)) ?? exitCodes.done;
  } catch (thrown) {
    throw withUsage(command, thrown);
  }
}

/** The manual, loaded on first use. */
function manualWith(promptVerbs: Registry): Manual {
  const load = async () => {
    const { createManual } = await import('../cli/help.js');
    return createManual(registry, KV_VERSION, promptVerbs);
  };
  return {
    version: KV_VERSION,
    help: async (verb, columns) => (await load()).help(verb, columns),
    completion: async (shell) => (await load()).completion(shell),
    manPage: async () => (await load()).manPage(),
  };
}

/** The host, loaded on first use. */
const host: Host = {
  run: async (request) => (await import('./guest.js')).runGuest(request),
  watch: async (request) => (await import('./guest.js')).watchGuest(request),
  explain: async (path, isConfigured) =>
    (await import('../host/index.js')).explainComponent(path, isConfigured),
  config: async (files, settings) => (await import('../host/index.js')).configOf(files, settings),
};

/** KV_DEBUG=1 adds the stack. */
async function showError(
  error: KvError,
  settings: Settings,
  { stderr }: Terminal,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  if (env.KV_DEBUG === '1')
    await stderr.write(`${error.cause instanceof Error ? error.cause.stack : error.stack}\n`);
  if (error.code === 'interrupted' || error.code === 'broken-pipe') return;
  if (settings.quiet && error.isAnswer) return;
  await writeError(stderr, error, settings);
}
