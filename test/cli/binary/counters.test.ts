/** Many processes that count at once: none of them is lost, and no number is given twice. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFull } from '../../support/length.js';
import { Shell } from '../../support/shell.js';

const numbersTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

/** What eight processes print that run at once. */
async function eightTimes(shell: Shell, script: string): Promise<number[]> {
  const text = await shell.succeed(`for worker in 1 2 3 4 5 6 7 8; do
      { ${script} } > "$worker" || touch failed &
    done; wait; test ! -e failed && cat 1 2 3 4 5 6 7 8`);
  return text.trimEnd().split('\n').map(Number);
}

describe('eight processes', () => {
  const runs = isFull ? 500 : 30;

  it(`that run incr ${runs} times each count to ${8 * runs}`, async () => {
    const shell = new Shell();
    // Opens and closes the store each time, as a process of its own would.
    const built = join(import.meta.dirname, '../../../dist/kv.cjs');
    const loop = `const { main } = require('${built}');
      (async () => { for (let i = 0; i < ${runs}; i++) await main(['incr', 'n'], process.env); })();`;
    const answers = await eightTimes(shell, `node -e "${loop}";`);
    expect(answers.sort((a, b) => a - b)).toEqual(numbersTo(8 * runs));
    expect(await shell.succeed('kv get n')).toBe(String(8 * runs));
  });

  const times = isFull ? 500 : 4;

  it(`that start kv incr ${times} times each count to ${8 * times}`, async () => {
    const shell = new Shell();
    const answers = await eightTimes(
      shell,
      `for i in $(seq ${times}); do kv incr n || exit; done;`,
    );
    expect(answers.sort((a, b) => a - b)).toEqual(numbersTo(8 * times));
    expect(await shell.succeed('kv get n')).toBe(String(8 * times));
  }, 900_000);

  const jobs = isFull ? 10_000 : 2_000;

  it(`that empty a queue of ${jobs} jobs get each job once, in order`, async () => {
    const shell = new Shell();
    await shell.succeed(`seq ${jobs} | awk '{ printf "set jobs/%05d %d\\n", $1, $1 }' | kv exec`);
    const takes = "yes 'take --first jobs/ --json' | kv exec 2> error";
    const answers = await eightTimes(
      shell,
      `{ ${takes}; test $? = 1; } | jq .value | tr -d '"' | tee taken-$worker;`,
    );
    expect(answers.sort((a, b) => a - b)).toEqual(numbersTo(jobs));
    expect(await shell.succeed('for each in taken-*; do sort -nc $each; done; kv keys')).toBe('');
  });

  it('that race to set a key if absent have one winner', async () => {
    const shell = new Shell();
    const script = 'kv set lock "$worker" --if-absent && echo won || test $? = 3;';
    const text = await shell.succeed(`for worker in 1 2 3 4 5 6 7 8; do
        { ${script} } > "$worker" || touch failed &
      done; wait; test ! -e failed && cat 1 2 3 4 5 6 7 8`);
    expect(text.match(/won/g)).toHaveLength(1);
    expect(await shell.succeed('grep -l won 1 2 3 4 5 6 7 8')).toBe(
      `${await shell.succeed('kv get lock')}\n`,
    );
  });
});
