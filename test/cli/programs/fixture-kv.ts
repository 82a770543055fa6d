/** A `kv` with the verbs of the fixture, and one that is a trap, which does nothing but complete. */
import { completeLine } from '../../../src/app/complete-line.js';
import { createManual } from '../../../src/cli/help.js';
import { defineCommand } from '../../../src/command.js';
import { openTerminal } from '../../../src/terminal/process-terminal.js';
import { fixtureCommands, registryOf } from '../fixture-registry.js';

const { env } = process;
const evil = env.EVIL ?? '';
const traps = `'; touch ${evil}; ' "$(touch ${evil})" \`touch ${evil}\` [x]:%\\ {a,b} (touch ${evil})`;
const trap = defineCommand({
  name: 'trap',
  summary: traps,
  access: 'none',
  arguments: [{ name: 'kind', summary: traps, completes: ["o'ne", '$(two)'] }],
  options: { odd: { short: 'o', value: traps, summary: traps }, bare: { summary: traps } },
  examples: [],
  run: async () => undefined,
});

async function main(): Promise<void> {
  const terminal = await openTerminal({ ...settings, env });
  const verbs = registryOf([...fixtureCommands, trap]);
  await completeLine(process.argv.slice(3), { terminal, env, verbs, host, manualWith });
}

const settings = { color: 'never', quiet: true, json: false, input: false } as const;
const host = { run: unused, watch: unused, explain: unused, config: unused };
const manualWith = () => createManual([], '');

function unused(): never {
  throw new Error('no component is run here');
}

void main();
