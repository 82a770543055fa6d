/**
 * The completion script for bash: a walk over the words before the cursor, and tables, written as
 * `case` statements, of what each verb takes. Works without the bash-completion package, and in
 * bash 3.2, which macOS still ships.
 */
import type { Command, Options } from '../command.js';
import {
  attachmentOf,
  shellQuote as quote,
  type Source,
  sourceOf,
  verbWords,
} from '../line/completion-words.js';
import { globalOptions } from '../line/globals.js';
import { longFlag } from '../line/spelling.js';

export function bashScript(commands: readonly Command[]): string {
  return `# bash completion for kv
# For this shell: source <(kv completion bash)
# For good:       kv completion bash > ~/.local/share/bash-completion/completions/kv

# Sets verb to the full name of the verb or group that the words $1 name.
_kv_verb() {
  case $1 in
${verbArms(commands)}
    *) verb='?' ;;
  esac
}

# Sets offer to the words that may follow $1: a group, or nothing.
_kv_verbs() {
  case $1 in
${followerArms(commands)}
    *) offer=(nothing) ;;
  esac
}

# Sets offer to the options of $verb.
_kv_options() {
  case $verb in
${optionArms(commands)}
    *) offer=(words) ;;
  esac
  offer+=(${Object.keys(globalOptions).map(longFlag).join(' ')})
}

# Sets offer to what the value of option $1 of $verb may be. Fails for an option without one.
_kv_value() {
  case "$verb $1" in
${valueArms(commands)}
    *) offer=(nothing); return 1 ;;
  esac
}

# Sets offer to what argument number $1 of $verb may be.
_kv_argument() {
  case "$verb $1" in
${argumentArms(commands)}
    *) offer=(nothing) ;;
  esac
}

# Prints what keys or buckets ($1) the word $3 may become; more of it stands in src/complete-word.ts.
# In a process of its own: what the line mentions of this shell's variables is exported.
_kv_stored() {
  local rest=$COMP_LINE
  local variable='[$][{]?([A-Za-z_][A-Za-z0-9_]*)'
  while [[ $rest =~ $variable ]]; do
    rest=\${rest#*"\${BASH_REMATCH[0]}"}
    export "\${BASH_REMATCH[1]}"
  done
  command kv __complete bash "$@"
}

_kv() {
  local verb='' option='' ended='' arguments=0 last=0 lead='' value i word
  local words offer rest gap cut count=-1
  offer=(nothing)
  COMPREPLY=()

  # bash parts words at =, : and @ as well, so --color=never arrives in three pieces. They are one
  # word where no space is between them.
  rest=\${COMP_LINE#"\${COMP_WORDS[0]}"}
  for ((i = 1; i < \${#COMP_WORDS[@]}; i++)); do
    word=\${COMP_WORDS[i]}
    gap=\${rest%%[![:space:]]*}
    if [[ $gap || -z $word ]] || ((count < 0)); then
      count=$((count + 1))
      words[count]=''
    fi
    words[count]+=$word
    [[ $word ]] && rest=\${rest#"$gap"} && rest=\${rest#"$word"}
    if ((i == COMP_CWORD)); then
      last=$count
      value=\${words[last]}
      # What is behind the cursor stays as it is.
      cut=$((\${#COMP_LINE} - \${#rest} - COMP_POINT))
      [[ $word ]] && ((cut > 0)) && value=\${value:0:\${#value} - cut}
    fi
  done
  # Only the last piece is replaced; what is before it must not be repeated.
  local before=\${value%"$2"}

  for ((i = 0; i < last; i++)); do
    word=\${words[i]}
    if [[ $option ]]; then
      option=''
    elif [[ $ended || $word != -?* ]]; then
      case $verb in
        ${groupPatterns(commands)}) _kv_verb "\${verb:+$verb }$word" ;;
        *) arguments=$((arguments + 1)) ;;
      esac
    elif [[ $word == -- ]]; then
      ended=1
    elif _kv_value "$word"; then
      option=$word
    elif [[ $word == -[!-]?* ]] && ! _kv_value "\${word:0:2}" && _kv_value "-\${word: -1}"; then
      option=$word
    fi
  done

  if [[ $option ]]; then
    : # Found by _kv_value just now.
  elif [[ -z $ended && $value == --*=* ]]; then
    lead=\${value%%=*}=
    value=\${value#*=}
    _kv_value "$lead" || :
  elif [[ -z $ended && $value == -* ]]; then
    _kv_options
  else
    case $verb in
      ${groupPatterns(commands)}) _kv_verbs "$verb" ;;
      *) _kv_argument "$arguments" ;;
    esac
  fi

  # A verb that is an argument: kv help bucket list
  if [[ \${offer[0]} == verbs ]]; then
    if ((arguments)); then _kv_verbs "\${words[last - 1]}"; else _kv_verbs ''; fi
  fi
  case \${offer[0]} in
    files)
      compopt -o filenames 2> /dev/null || :
      while IFS= read -r word; do
        word=$lead$word
        COMPREPLY+=("\${word#"$before"}")
      done < <(compgen -f -- "$value")
      ;;
    key | bucket)
      local place=argument
      [[ $option || $lead || $ended ]] && place=value
      while IFS= read -r word; do
        # A word that is only begun, by a + before it, is gone on with.
        [[ $word == +* ]] && compopt -o nospace 2> /dev/null
        word=$lead\${word:1}
        COMPREPLY+=("\${word#"$before"}")
      done < <(_kv_stored "\${offer[0]}" "$place" "$value" "\${words[@]}" 2> /dev/null)
      ;;
    words)
      for word in "\${offer[@]:1}"; do
        [[ $word == "$value"* ]] || continue
        word=$lead$word
        COMPREPLY+=("\${word#"$before"}")
      done
      ;;
  esac
}

complete -F _kv kv
`;
}

function verbArms(commands: readonly Command[]): string {
  const spellings = commands.map(
    ({ name, aliases = [] }): Arm => [[name, ...aliases].map(quote), `verb=${quote(name)}`],
  );
  const groups = [...verbWords(commands).keys()].filter((group) => group !== '');
  return arms([...spellings, ...groups.map((name): Arm => [[quote(name)], `verb=${quote(name)}`])]);
}

function followerArms(commands: readonly Command[]): string {
  return arms(
    [...verbWords(commands)].map(([group, words]) => [
      [quote(group)],
      offer({ kind: 'words', words: words.map(({ word }) => word) }),
    ]),
  );
}

function optionArms(commands: readonly Command[]): string {
  const own = commands.map(({ name, options }) => ({
    name,
    words: Object.keys(options)
      .filter((key) => !(key in globalOptions))
      .map(longFlag),
  }));
  return arms(
    own
      .filter(({ words }) => words.length > 0)
      .map(({ name, words }): Arm => [[quote(name)], offer({ kind: 'words', words })]),
  );
}

/** The options of the verbs come first, so that they hide a global one of the same name. */
function valueArms(commands: readonly Command[]): string {
  const own = commands.flatMap(({ name, options }) =>
    optionPatterns(options, (flag) => quote(`${name} ${flag}`)),
  );
  return arms([...own, ...optionPatterns(globalOptions, (flag) => `*${quote(` ${flag}`)}`)]);
}

function optionPatterns(options: Options, pattern: (flag: string) => string): Arm[] {
  const valued = Object.entries(options).filter(([, option]) => attachmentOf(option) !== 'none');
  return valued.map(([key, option]) => {
    const flags = [`${longFlag(key)}=`];
    if (attachmentOf(option) === 'next') {
      flags.push(longFlag(key));
      if (option.short !== undefined) flags.push(`-${option.short}`);
    }
    return [flags.map(pattern), offer(sourceOf(option.completes))];
  });
}

function argumentArms(commands: readonly Command[]): string {
  return arms(
    commands.flatMap((command) =>
      command.arguments.map((argument, index): Arm => {
        const pattern = argument.variadic
          ? `${quote(`${command.name} `)}*`
          : quote(`${command.name} ${index}`);
        return [[pattern], offer(sourceOf(argument.completes))];
      }),
    ),
  );
}

function groupPatterns(commands: readonly Command[]): string {
  return [...verbWords(commands).keys()].map(quote).join(' | ');
}

type Arm = readonly [patterns: readonly string[], action: string];

function arms(list: readonly Arm[]): string {
  return list.map(([patterns, action]) => `    ${patterns.join(' | ')}) ${action} ;;`).join('\n');
}

/** What the end of the script looks at. */
function offer(source: Source): string {
  switch (source.kind) {
    case 'files':
    case 'verbs':
    case 'nothing':
      return `offer=(${source.kind})`;
    case 'stored':
      return `offer=(${source.what})`;
    case 'words':
      return `offer=(words ${source.words.map(quote).join(' ')})`;
    default:
      return source satisfies never;
  }
}
