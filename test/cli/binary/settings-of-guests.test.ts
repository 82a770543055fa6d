/** The variables and settings of a guest: what the command line gives it, and nothing else. */
import { describe, expect, test } from 'vitest';
import { guest } from '../../support/guests.js';
import { expectRefusal } from '../../support/refusal.js';
import { Shell } from '../../support/shell.js';

const run = `kv run ${guest('settings')}`;

describe('kv run', () => {
  test('gives a guest the variables and settings that are named, the later before the earlier', async () => {
    const shell = new Shell();
    await shell.succeed("printf '# a comment\\n\\nport=80\\r\\nname = a=b\\n' > settings");
    const text = await shell.succeed(
      `export HERE=inherited; ${run} --env A= --env HERE --env NOWHERE --config-file settings ` +
        `--config port=81 -- port missing`,
    );
    expect(text).toBe('A=\nHERE=inherited\nport=81\nname= a=b\n81\nnone\n');
  });

  test('denies settings where none are given, and gives no variable', async () => {
    const shell = new Shell();
    expectRefusal(await shell.run(run), {
      status: 71,
      message: `cannot run "${guest('settings')}": it trapped: capability denied: wasi:config/store#get-all`,
    });
    expect(
      await shell.succeed(`: > none; ${run} --config-file none --config-file /dev/null -- port`),
    ).toBe('none\n');
  });

  test('names the line of a file that is no setting, a file that is not there, and one without an end', async () => {
    const shell = new Shell();
    const ended = await shell.run(
      `printf 'a=1\\nport\\n' > settings; ${run} --config-file settings`,
    );
    expectRefusal(ended, {
      status: 4,
      message: 'cannot read settings from "settings": line 2 is not of the form NAME=VALUE',
    });
    expectRefusal(await shell.run(`${run} --config-file missing`), {
      status: 6,
      message: 'cannot read settings from "missing": no such file or directory',
    });
    expectRefusal(await shell.run(`${run} --config-file /dev/zero`), {
      status: 4,
      message: 'cannot read settings from "/dev/zero": it is larger than 1048576 bytes',
    });
  });
});
