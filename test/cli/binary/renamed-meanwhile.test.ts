/** Verbs on a bucket that another process renames all the time: they find it, or they do not. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ended, Shell } from '../../support/shell.js';

const built = join(import.meta.dirname, '../../../dist/kv.cjs');

/**
 * Runs each verb so many times, and then until the first has ended in both ways; on stderr its status comes
 * behind what it says.
 */
const loop = (verbs: readonly string[], rounds: number) => `
  const { main } = require('${built}');
  const endings = new Set();
  (async () => {
    for (let round = 0; round < ${rounds} || endings.size < 2; round++) for (const verb of ${JSON.stringify(verbs)}) {
      process.exitCode = 0;
      await main(verb.split(' '), process.env);
      require('fs').writeSync(2, verb + ': ' + process.exitCode + '\\n');
      if (verb === '${verbs[0]}') endings.add(process.exitCode);
    }
    process.exitCode = 0;
  })();`;

const ROUNDS = 15;

const GONE = 'kv: cannot open bucket "a": there is no such bucket\n';

const verbs = [
  ...['bucket info a', 'bucket list', 'get k -b a', 'get-many k l -b a', 'stat k -b a'],
  ...['keys -b a', 'keys -l -b a', 'keys --count -b a', 'exists k -b a', 'export -b a'],
  ...['set k v -b a', 'incr n -b a', 'copy k l -b a', 'delete none -b a', 'store info'],
];

describe('a verb on a bucket that another process renames meanwhile', () => {
  it('ends with 0, or with 6 and no such bucket', async () => {
    const shell = new Shell();
    await shell.succeed('kv bucket create a; kv -b a set-many k=v l=w');
    const renaming = shell.startGroup(
      `while echo bucket rename a b && echo bucket rename b a; do :; done | kv exec`,
    );
    const over = ended(renaming);
    const { stderr } = await shell.run('node -e "$LOOP" > /dev/null', {
      env: { LOOP: loop(verbs, ROUNDS) },
    });
    process.kill(-renaming.pid!, 'SIGKILL');
    await over;
    const said = stderr.replaceAll('try: kv bucket list, or kv bucket create NAME\n', '');
    const answers = [...new Set(said.replaceAll(GONE, 'gone ').trimEnd().split('\n'))];
    expect(answers.filter((answer) => !/^(gone .*: 6|[a-z].*: 0)$/.test(answer))).toEqual([]);
    // It was there at times, and at times it was not.
    expect(answers).toContain('bucket info a: 0');
    expect(answers).toContain('gone bucket info a: 6');
  });
});
