import { describe, expect, it } from 'vitest';
import { createManual } from '../../src/cli/help.js';
import { KvError } from '../../src/errors.js';
import { usageLine } from '../../src/line/usage.js';
import { fixtureCommands, fixtureRegistry } from './fixture-registry.js';

const manual = createManual(fixtureRegistry, '1.2.3');

describe('help()', () => {
  it('without a topic shows the whole tool', async () => {
    expect(await manual.help()).toMatchInlineSnapshot(`
      "kv 1.2.3: keys and values in buckets, for shells, scripts and components.

      Usage: kv [OPTION...] VERB [ARGUMENT...]

      Verbs:
        get KEY                 Print the value of a key
        set KEY [NEW-VALUE]     Store a value under a key
        delete [KEY...]         Delete keys (del, rm)
        incr KEY [DELTA]        Add to a counter
        keys [PREFIX]           List keys: [all] or those with a prefix (ls)
        get-many KEY...         Print several values (mget)
        import [FILE]           Store records from a file
        run COMPONENT [ARG...]  Run a component
        help [VERB...]          Explain a verb
        completion SHELL        Print a shell's completion script

      Bucket verbs:
        bucket list             List the buckets (bucket ls)
        bucket create NAME      Create a bucket

      Options, before or after the verb:
        -s, --store PATH   folder of the store, or redis://HOST:PORT/NAME
        -b, --bucket NAME  bucket to work in
            --json         print JSON: one object, or one a line for a list
        -q, --quiet        leave out remarks, and answers that the exit status gives
            --color WHEN   colour: auto, always or never
            --no-input     never ask: refuse where an answer would be needed
            --read-only    refuse whatever would write to the store
            --wait DUR     how long to wait for another writer: 90s, 1h30m, or 0
            --version      print the version
        -h, --help         print help, of the verb where one is given

      Exit status:
          0  done, or yes
          1  absent, or no
          2  usage, not supported, or not confirmed
          3  a condition was not met
          4  bad data: not a counter, an overflow, a key over its limit
          5  busy or timed out: worth another try
          6  the store or the disk: missing bucket, I/O, full, read-only, damaged
         70  a defect of kv's own
         71  a component trapped: a defect of its own
        130  interrupted by Ctrl-C
        141  the reader of a pipe went away

      Environment:
        KV_STORE                the store, where no --store is given
        KV_STORE_USER           user of a store on Redis
        KV_STORE_PASSWORD       password of a store on Redis
        KV_STORE_PASSWORD_FILE  file of mode 0600 whose first line that password is
        KV_STORE_CA_FILE        for a store on rediss://, who vouches for its servers
        KV_STORE_CERT_FILE      the certificate that these servers are shown
        KV_STORE_KEY_FILE       file of mode 0600 with the key of that certificate
        KV_BUCKET               bucket to work in, where no --bucket is given
        KV_WAIT                 how long to wait for another writer, where no --wait
                                is given
        XDG_DATA_HOME           where the default store is: $XDG_DATA_HOME/kv/store,
                                else ~/.local/share/kv/store
        XDG_CACHE_HOME          where compiled code is kept for the next start:
                                $XDG_CACHE_HOME/kv/code-*, else ~/.cache/kv/code-*
        NO_COLOR                no colour, where --color does not say otherwise
        FORCE_COLOR             colour even in a pipe or a file; NO_COLOR beats it
        TERM                    when "dumb", no colour, and no moves of the cursor
        KV_DEBUG                when 1, errors come with their stack trace
        KV_NO_CACHE             when set, kv neither keeps its compiled code nor takes
                                what is kept
        KV_TRACE                when "start", the time that each step of the start
                                took is printed on stderr

      Learn more:
        kv help VERB    what a verb takes and does, with examples
        kv VERB --help  the same
      "
    `);
  });

  it('of a verb shows what it takes and does', async () => {
    expect(await manual.help('get')).toMatchInlineSnapshot(`
      "Usage: kv get KEY [-o FILE] [--offset N] [--length N]
                    [--format raw|text|hex|base64] [--default V]

      Print the value of a key.

      A pipe gets the exact bytes. A terminal gets text, with control characters made
      visible; of a binary value it gets the head of a hex dump.

      A piece of it:

        kv get photo --offset 0 --length 16

      Arguments:
        KEY  The key

      Options:
        -o, --output FILE  Write to a file
            --offset N     Skip the first N bytes
            --length N     Print at most N bytes
            --format raw|text|hex|base64
                           How to show the bytes: raw in a pipe, text on a terminal,
                           unless this says otherwise
            --default V    Print V where there is no such key

      Examples:
        kv get greeting                           Print a value
        kv get photo > photo.jpg                  Keep its exact bytes
        kv get config --default '{}' | jq .theme  Do without, where it is absent

      Exit status:
          0  done, or yes
          1  the key is absent
          2  usage, not supported, or not confirmed
          4  bad data: not a counter, an overflow, a key over its limit
          5  busy or timed out: worth another try
          6  the store or the disk: missing bucket, I/O, full, read-only, damaged

      Global options and every exit status: kv help
      "
    `);
  });

  it('of a verb with aliases names them', async () => {
    expect(await manual.help('keys')).toMatchInlineSnapshot(`
      "Usage: kv keys [PREFIX] [-l] [-0] [--start K] [--limit N] [--tree[=SEP]]

      List keys: [all] or those with a prefix.

      Also: kv ls

      Arguments:
        PREFIX  What the keys begin with: 'user:'

      Options:
        -l, --long        One line each: size, version, modified
        -0, --nul         Raw keys, each ended by NUL
            --start K     First key
            --limit N     At most N keys
        -t, --tree[=SEP]  As a tree, parted at SEP

      Exit status:
          0  done, or yes
          2  usage, not supported, or not confirmed
          4  bad data: not a counter, an overflow, a key over its limit
          5  busy or timed out: worth another try
          6  the store or the disk: missing bucket, I/O, full, read-only, damaged

      Global options and every exit status: kv help
      "
    `);
  });

  it('of a group lists its members', async () => {
    expect(await manual.help('bucket')).toMatchInlineSnapshot(`
      "Usage: kv bucket VERB [ARGUMENT...]

      Verbs:
        bucket list         List the buckets (bucket ls)
        bucket create NAME  Create a bucket

      Learn more:
        kv help bucket VERB  what a verb takes and does, with examples
        kv help              global options, exit status and environment
      "
    `);
  });

  it('of a member of a group is that of a verb', async () => {
    expect(await manual.help('bucket list')).toMatchInlineSnapshot(`
      "Usage: kv bucket list [-l]

      List the buckets.

      Also: kv bucket ls

      Options:
        -l, --long  With sizes

      Exit status:
          0  done, or yes
          2  usage, not supported, or not confirmed
          4  bad data: not a counter, an overflow, a key over its limit
          5  busy or timed out: worth another try
          6  the store or the disk: missing bucket, I/O, full, read-only, damaged

      Global options and every exit status: kv help
      "
    `);
  });

  it('of an alias is that of the verb', async () => {
    expect(await manual.help('ls')).toBe(await manual.help('keys'));
    expect(await manual.help('bucket ls')).toBe(await manual.help('bucket list'));
  });

  it('of an unknown verb throws usage, with the nearest one', async () => {
    const error = await manual.help('gett').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(KvError);
    expect(error).toMatchObject({
      code: 'usage',
      message: 'unknown verb "gett": did you mean "get"?',
    });
  });

  it('is plain text, at most 80 columns wide, and ends with one newline', async () => {
    for (const topic of [undefined, 'bucket', ...fixtureCommands.map(({ name }) => name)]) {
      const text = await manual.help(topic);
      expect(text).toMatch(/[^\n]\n$/);
      expect(text).not.toMatch(/[^\n\x20-\x7e]| \n|\n{3}/);
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    }
  });
});

describe('usageLine()', () => {
  it('shows arguments, then options by their shorter form', () => {
    expect(fixtureCommands.map(usageLine)).toMatchInlineSnapshot(`
      [
        "kv get KEY [-o FILE] [--offset N] [--length N] [--format raw|text|hex|base64] [--default V]",
        "kv set KEY [NEW-VALUE] [-f FILE] [--if-absent]",
        "kv delete [KEY...] [--prefix P] [-n]",
        "kv incr KEY [DELTA]",
        "kv keys [PREFIX] [-l] [-0] [--start K] [--limit N] [--tree[=SEP]]",
        "kv get-many KEY...",
        "kv bucket list [-l]",
        "kv bucket create NAME",
        "kv import [FILE]",
        "kv run COMPONENT [ARG...] [--bucket GUEST=REAL[:ro]] [-q]",
        "kv help [VERB...]",
        "kv completion SHELL",
      ]
    `);
  });
});
