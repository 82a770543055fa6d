import { answerCompletion } from '../answers/manual-answer.js';
import { defineCommand } from '../command.js';
import { KvError } from '../errors.js';

const shells = ['bash', 'zsh', 'fish'] as const;

export const command = defineCommand({
  name: 'completion',
  summary: "Print a shell's completion script",
  access: 'none',
  arguments: [{ name: 'shell', summary: 'bash, zsh or fish', completes: shells }],
  options: {},
  examples: [
    { line: 'source <(kv completion bash)', summary: 'for this shell' },
    { line: 'kv completion fish > ~/.config/fish/completions/kv.fish', summary: 'for good' },
  ],

  async run(context, { shell }, { manual }) {
    const known = shells.find((one) => one === shell);
    if (known === undefined) {
      throw new KvError(
        'usage',
        `no completion for "${shell}": there is one for ${shells.join(', ')}`,
      );
    }
    await answerCompletion(context, manual, known);
  },
});
