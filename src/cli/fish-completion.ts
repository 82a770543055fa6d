/**
 * The completion script for fish: one line for each option and argument, under the condition that
 * its verb stands before the cursor.
 */
import type { Argument, Command, Option, Options } from '../command.js';
import {
  attachmentOf,
  isPlain,
  type Source,
  sourceOf,
  type VerbWord,
  verbWords,
} from '../line/completion-words.js';
import { globalOptions, globalsBeside } from '../line/globals.js';
import { longFlag } from '../line/spelling.js';

export function fishScript(commands: readonly Command[]): string {
  const words = [...verbWords(commands)];
  const groups = words.map(([group]) => quote(group)).join(' ');
  return `# fish completion for kv
# For this shell: kv completion fish | source
# For good:       kv completion fish > ~/.config/fish/completions/kv.fish

# The full name of the verb or group that the words in $argv name.
function __kv_verb
    switch (string trim -- "$argv")
${words.flatMap(([group, followers]) => followers.map((one) => verbCase(group, one))).join('\n')}
        case '*'
            echo '?'
    end
end

# The words that may follow $argv[1], a group or nothing, with what they do.
function __kv_verbs
    switch "$argv[1]"
${words.map(([group, followers]) => followersCase(group, followers)).join('\n')}
    end
end

# Whether $argv[2] is an option of verb $argv[1] whose value is the next word.
function __kv_takes_value
    switch "$argv"
        case ${valuePatterns(commands).join(' ')}
            return 0
    end
    return 1
end

# The verb or group before the cursor, and the number of arguments after it.
function __kv_place
    set -l words (commandline -opc)
    set -e words[1]
    set -l verb ''
    set -l arguments 0
    set -l skip 0
    set -l ended 0
    for word in $words
        if test $skip = 1
            set skip 0
        else if test $ended = 1; or not string match -qr -- '^-.' $word
            if contains -- "$verb" ${groups}
                set verb (__kv_verb $verb $word)
            else
                set arguments (math $arguments + 1)
            end
        else if test $word = --
            set ended 1
        else if __kv_takes_value "$verb" $word
            set skip 1
        else if string match -qr -- '^-[^-].' $word
            and not __kv_takes_value "$verb" (string sub -l 2 -- $word)
            and __kv_takes_value "$verb" -(string sub -s -1 -- $word)
            set skip 1
        end
    end
    echo $verb
    echo $arguments
end

function __kv_in
    set -l place (__kv_place)
    test "$place[1]" = "$argv[1]"
end

function __kv_argument
    set -l place (__kv_place)
    test "$place[1]" = "$argv[1]" -a "$place[2]" = "$argv[2]"
end

function __kv_arguments_from
    set -l place (__kv_place)
    test "$place[1]" = "$argv[1]" -a "$place[2]" -ge "$argv[2]"
end

# A verb that is an argument: kv help bucket list
function __kv_topics
    set -l place (__kv_place)
    if test "$place[2]" = 0
        __kv_verbs ''
    else
        set -l words (commandline -opc)
        __kv_verbs $words[-1]
    end
end

# The keys or buckets ($argv[1]) that the word may become; $argv[2] says whether they stand where an
# option might. More of it stands in src/complete-word.ts.
function __kv_stored
    command -q kv; or return
    set -l word (commandline -ct)
    set -l words (commandline -op)
    set -l place $argv[2]
    contains -- -- (commandline -opc); and set place value
    test $argv[2] = value; and set word (string replace -r -- '^--[a-z-]+=' '' "$word")
    # What the line mentions of this shell's variables has to be known as well.
    set -l variables
    for name in (string match -ar -- '\\$[A-Za-z_][A-Za-z0-9_]*' "$words" | string sub -s 2)
        set -q $name; and set -a variables $name="$$name"
    end
    command env $variables kv __complete fish $argv[1] $place "$word" $words[2..-1] 2>/dev/null | string split0
end

complete -c kv -f
${words.map(([group]) => `complete -c kv -n "__kv_in ${quote(group)}" -a "(__kv_verbs ${quote(group)})"`).join('\n')}

${globalLines(commands).join('\n')}

${commands.flatMap(commandLines).join('\n')}
`;
}

function verbCase(group: string, { word, name }: VerbWord): string {
  return `        case ${quote(`${group} ${word}`.trim())}
            echo ${quote(name)}`;
}

function followersCase(group: string, followers: readonly VerbWord[]): string {
  const lines = followers.map(({ word, summary }) => `${quote(word)} ${quote(summary)}`);
  return `        case ${quote(group)}
            printf '%s\\t%s\\n' ${lines.join(' \\\n                ')}`;
}

function valuePatterns(commands: readonly Command[]): string[] {
  const own = commands.flatMap(({ name, options }) =>
    valueFlags(options).map((flag) => quote(`${name} ${flag}`)),
  );
  return [...own, ...valueFlags(globalOptions).map((flag) => quote(`* ${flag}`))];
}

function valueFlags(options: Options): string[] {
  return Object.entries(options)
    .filter(([, option]) => attachmentOf(option) === 'next')
    .flatMap(([key, { short }]) =>
      short === undefined ? [longFlag(key)] : [`-${short}`, longFlag(key)],
    );
}

/** A global option is withheld from the verbs that mean something else by its name or letter. */
function globalLines(commands: readonly Command[]): string[] {
  return Object.entries<Option>(globalOptions).map(([key, option]) => {
    const hiding = commands.filter(({ options }) => !isInForce(key, options));
    const condition = hiding.map(({ name }) => `not __kv_in ${quote(name)}`).join('; and ');
    return optionLine(condition, key, option);
  });
}

function commandLines({ name, options, arguments: taken }: Command): string[] {
  const shortened = Object.entries(globalsBeside(options)).filter(
    ([key]) => !isInForce(key, options),
  );
  return [
    ...[...Object.entries(options), ...shortened].map(([key, option]) =>
      optionLine(`__kv_in ${quote(name)}`, key, option),
    ),
    ...taken.flatMap((argument, index) => argumentLine(name, argument, index)),
  ];
}

/** Whether a global option is left to a verb whole, with its letter. */
function isInForce(key: string, options: Options): boolean {
  const left = globalsBeside(options)[key];
  return left !== undefined && left.short === (globalOptions as Options)[key]!.short;
}

function optionLine(condition: string, key: string, option: Option): string {
  const source = sourceOf(option.completes);
  const files = source.kind === 'files' ? '-r' : '-x';
  const parts = [
    'complete -c kv',
    condition && `-n "${condition}"`,
    option.short === undefined ? '' : `-s ${option.short}`,
    `-l ${longFlag(key).slice(2)}`,
    attachmentOf(option) === 'next' ? files : '',
    offer(source, 'value'),
    `-d ${quote(option.summary)}`,
  ];
  return parts.filter(Boolean).join(' ');
}

function argumentLine(verb: string, argument: Argument, index: number): string[] {
  const words = offer(sourceOf(argument.completes), 'argument');
  if (words === '') return [];
  const condition = argument.variadic ? '__kv_arguments_from' : '__kv_argument';
  return [`complete -c kv -n "${condition} ${quote(verb)} ${index}" ${words}`];
}

function offer(source: Source, place: 'argument' | 'value'): string {
  switch (source.kind) {
    case 'files':
      return '-F';
    case 'verbs':
      return '-a "(__kv_topics)"';
    case 'stored':
      return `-k -a "(__kv_stored ${source.what} ${place})"`;
    case 'words':
      // Twice, because fish reads the list as it would read a command line.
      return `-a ${quote(source.words.map(quote).join(' '))}`;
    case 'nothing':
      return '';
    default:
      return source satisfies never;
  }
}

function quote(text: string): string {
  return isPlain(text) ? text : `'${text.replace(/[\\']/g, '\\$&')}'`;
}
