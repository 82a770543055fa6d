/**
 * The completion script for zsh: a specification for `_arguments` for each verb, below one for what
 * comes before the verb. It can be sourced, or put into `$fpath` as `_kv`.
 */
import type { Argument, Command, Option, Options } from '../command.js';
import {
  attachmentOf,
  shellQuote as quote,
  type Source,
  sourceOf,
  type VerbWord,
  verbWords,
} from '../line/completion-words.js';
import { globalOptions, globalsBeside } from '../line/globals.js';
import { argumentName, longFlag } from '../line/spelling.js';

export function zshScript(commands: readonly Command[]): string {
  const { '': top = [], ...groups } = Object.fromEntries(verbWords(commands));
  return `#compdef kv
# zsh completion for kv
# For this shell: source <(kv completion zsh)
# For good:       kv completion zsh > "\${fpath[1]}/_kv"

_kv() {
  local curcontext=$curcontext state state_descr line ret=1
  local -A opt_args
  local -a globals line_words
  line_words=("\${(@)words[2,-1]}")
  globals=(
${optionSpecs(globalOptions)
  .map((spec) => `    ${spec}`)
  .join('\n')}
  )
  _arguments -C -s -S $globals '(-): :_kv_verbs' '(-)*:: :->verb' && ret=0
  [[ $state == verb ]] || return ret
  case $words[1] in
${verbArms(top, commands, '    ')}
${Object.entries(groups)
  .map(([group, members]) => groupArm(group, members, commands))
  .join('\n')}
  esac
  return ret
}

${verbFunction('_kv_verbs', top)}
${Object.entries(groups)
  .map(([group, members]) => verbFunction(groupFunction(group), members))
  .join('\n')}
# A verb that is an argument: kv help bucket list
_kv_topics() {
  case $words[CURRENT-1] in
${Object.keys(groups)
  .map((group) => `    ${group}) ${groupFunction(group)} "$@" ;;`)
  .join('\n')}
    *) ((CURRENT == 2)) && _kv_verbs "$@" ;;
  esac
}

# Prints what keys or buckets ($1) the word $3 may become; more of it stands in src/complete-word.ts.
# In a process of its own: what the line mentions of this shell's variables is exported, and so is
# what it sets for this command.
_kv_ask() {
  local rest=$BUFFER word
  local -a assigned
  local -i begins=1
  while [[ $rest =~ '[$][{]?([A-Za-z_][A-Za-z0-9_]*)' ]]; do
    rest=\${rest[MEND+1,-1]}
    export $match[1]
  done
  for word in "\${(@z)LBUFFER}"; do
    case $word in
      ';' | '|' | '||' | '&' | '&&' | '|&') begins=1 assigned=() ;;
      KV_STORE=* | KV_BUCKET=*) ((begins)) && assigned+=("$word") ;;
      [A-Za-z_]*=*) ;;
      *) begins=0 ;;
    esac
  done
  for word in "\${(@)assigned}"; do
    # Whatever would have to be run to know it.
    [[ $word == *[$\\\`]* ]] && return
    word=\${(Q)word}
    [[ $word == *=\\~/* ]] && word=\${word%%=*}=$HOME\${word#*=\\~}
    export "$word"
  done
  command kv __complete zsh "$@"
}

# Offers the keys or buckets ($1) that the word may become; $2 says whether they stand where an
# option might.
_kv_stored() {
  local word=$QIPREFIX$PREFIX place=$2
  local -a lines whole begun
  # Here zsh has every backslash twice.
  [[ $QIPREFIX == \\$\\' ]] && word=\${word//\\\\\\\\/\\\\}
  ((line_words[(I)--])) && place=value
  lines=("\${(@f)$(_kv_ask $1 $place "$word" "\${(@)line_words}" 2> /dev/null)}")
  whole=("\${(@)\${(@M)lines:#.*}#.}")
  begun=("\${(@)\${(@M)lines:#+*}#+}")
  # What the shell holds back as the quote that is open must not be repeated.
  whole=("\${(@)whole#$QIPREFIX}")
  begun=("\${(@)begun#$QIPREFIX}")
  # They are matched and quoted already.
  (($#whole)) && compadd -U -Q -i "$IPREFIX" -I "$ISUFFIX" -a whole
  (($#begun)) && compadd -U -Q -i "$IPREFIX" -I "$ISUFFIX" -S '' -a begun
}

if [[ $funcstack[1] == _kv ]]; then
  _kv "$@"
elif (($+functions[compdef])); then
  compdef _kv kv
fi
`;
}

function groupArm(group: string, members: readonly VerbWord[], commands: readonly Command[]) {
  return `    ${group})
      state=''
      _arguments -C -s -S $globals '(-): :${groupFunction(group)}' '(-)*:: :->member' && ret=0
      [[ $state == member ]] || return ret
      case $words[1] in
${verbArms(members, commands, '        ')}
      esac
      ;;`;
}

function verbArms(
  words: readonly VerbWord[],
  commands: readonly Command[],
  indent: string,
): string {
  const arms = commands.map((command) => {
    const patterns = words.filter(({ name }) => name === command.name).map(({ word }) => word);
    return patterns.length === 0 ? [] : verbArm(patterns, command, indent);
  });
  return arms.flat().join('\n');
}

function verbArm(patterns: readonly string[], command: Command, indent: string): string[] {
  const specs = [...optionSpecs(command.options), ...command.arguments.map(argumentSpec)];
  const call = [`_arguments -s -S ${globalsFor(command.options)}`, ...specs];
  return [
    `${indent}${patterns.join(' | ')})`,
    `${indent}  ${call.join(` \\\n${indent}    `)} && ret=0`,
    `${indent}  ;;`,
  ];
}

/** The global specifications, without those that the options of a verb hide. */
function globalsFor(options: Options): string {
  const left = globalsBeside(options);
  const hidden = Object.entries<Option>(globalOptions).flatMap(([key, { short }]) => {
    if (!(key in left)) return [`*${longFlag(key)}[\\)=]*`];
    return short === left[key]!.short ? [] : [`*-${short}[\\[+]*`];
  });
  return hidden.length === 0 ? '$globals' : `\${globals:#(${hidden.join('|')})}`;
}

function optionSpecs(options: Options): string[] {
  return Object.entries(options).map(([key, option]) => optionSpec(key, option));
}

function optionSpec(key: string, option: Option): string {
  const { short, summary, value = '' } = option;
  const attached = { none: ['', ''], next: ['+', '='], equals: ['-', '=-'] } as const;
  const [afterShort, afterLong] = attached[attachmentOf(option)];
  const colon = { none: '', next: ':', equals: '::' }[attachmentOf(option)];
  const action =
    colon && `${colon}${escape(value)}:${actionOf(sourceOf(option.completes), 'value')}`;
  const text = quote(`[${escape(summary)}]${action}`);
  const long = `${longFlag(key)}${afterLong}`;
  const forms = short === undefined ? long : `{-${short}${afterShort},${long}}`;
  if (option.repeats) return `'*'${forms}${text}`;
  if (short === undefined) return `${long}${text}`;
  return `'(-${short} ${longFlag(key)})'${forms}${text}`;
}

function argumentSpec(argument: Argument, index: number): string {
  const place = argument.variadic ? '*' : `${index + 1}`;
  const colon = argument.optional && !argument.variadic ? '::' : ':';
  const action = actionOf(sourceOf(argument.completes), 'argument');
  return quote(`${place}${colon}${escape(argumentName(argument))}:${action}`);
}

function actionOf(source: Source, place: 'argument' | 'value'): string {
  switch (source.kind) {
    case 'files':
      return '_files';
    case 'verbs':
      return '_kv_topics';
    case 'stored':
      return `{_kv_stored ${source.what} ${place}}`;
    case 'words':
      return `(${source.words.map((word) => word.replace(/[^\w.-]/g, '\\$&')).join(' ')})`;
    case 'nothing':
      // A space has zsh say what is expected, and offer nothing.
      return ' ';
    default:
      return source satisfies never;
  }
}

function verbFunction(name: string, words: readonly VerbWord[]): string {
  const items = words.map(({ word, summary }) => `    ${quote(`${escape(word)}:${summary}`)}`);
  return `${name}() {
  local -a verbs
  verbs=(
${items.join('\n')}
  )
  _describe -t verbs verb verbs "$@"
}
`;
}

function groupFunction(group: string): string {
  return `_kv_verbs_${group.replace(/\W/g, '_')}`;
}

/** For the parts of a specification, which colons part and brackets enclose. */
function escape(text: string): string {
  return text.replace(/[\\:[\]]/g, '\\$&');
}
