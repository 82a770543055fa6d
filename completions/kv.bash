# bash completion for kv
# For this shell: source <(kv completion bash)
# For good:       kv completion bash > ~/.local/share/bash-completion/completions/kv

# Sets verb to the full name of the verb or group that the words $1 name.
_kv_verb() {
  case $1 in
    get) verb=get ;;
    set) verb=set ;;
    delete | del | rm) verb=delete ;;
    exists) verb=exists ;;
    incr) verb=incr ;;
    cas) verb=cas ;;
    keys | ls) verb=keys ;;
    stat) verb=stat ;;
    get-many | mget) verb=get-many ;;
    set-many | mset) verb=set-many ;;
    delete-many | mdel) verb=delete-many ;;
    copy | cp) verb=copy ;;
    rename | mv) verb=rename ;;
    import) verb=import ;;
    export) verb=export ;;
    exec) verb=exec ;;
    'bucket list' | 'bucket ls') verb='bucket list' ;;
    'bucket create') verb='bucket create' ;;
    'bucket delete' | 'bucket rm') verb='bucket delete' ;;
    'bucket rename' | 'bucket mv') verb='bucket rename' ;;
    'bucket copy' | 'bucket cp') verb='bucket copy' ;;
    'bucket clear') verb='bucket clear' ;;
    'bucket info') verb='bucket info' ;;
    'store info') verb='store info' ;;
    run) verb=run ;;
    repl) verb=repl ;;
    completion) verb=completion ;;
    help) verb=help ;;
    bucket) verb=bucket ;;
    store) verb=store ;;
    *) verb='?' ;;
  esac
}

# Sets offer to the words that may follow $1: a group, or nothing.
_kv_verbs() {
  case $1 in
    '') offer=(words get set delete del rm exists incr cas keys ls stat get-many mget set-many mset delete-many mdel copy cp rename mv import export exec bucket store run repl completion help) ;;
    bucket) offer=(words list ls create delete rm rename mv copy cp clear info) ;;
    store) offer=(words info) ;;
    *) offer=(nothing) ;;
  esac
}

# Sets offer to the options of $verb.
_kv_options() {
  case $verb in
    get) offer=(words --output --offset --length --format --default) ;;
    set) offer=(words --file --if-absent --if-present --if-version) ;;
    delete) offer=(words --prefix --dry-run --yes) ;;
    keys) offer=(words --long --nul --start --end --after --limit --reverse --count --tree) ;;
    copy) offer=(words --to-bucket --if-absent) ;;
    rename) offer=(words --to-bucket --if-absent) ;;
    import) offer=(words --format --mode --on-error --rejects --skip --atomic --dry-run) ;;
    export) offer=(words --output --format) ;;
    exec) offer=(words --atomic --keep-going) ;;
    'bucket delete') offer=(words --confirm) ;;
    'bucket clear') offer=(words --confirm) ;;
    run) offer=(words --timeout --max-memory --explain --no-cache) ;;
    *) offer=(words) ;;
  esac
  offer+=(--store --bucket --json --quiet --color --no-input --read-only --version --help)
}

# Sets offer to what the value of option $1 of $verb may be. Fails for an option without one.
_kv_value() {
  case "$verb $1" in
    'get --output=' | 'get --output' | 'get -o') offer=(files) ;;
    'get --offset=' | 'get --offset') offer=(nothing) ;;
    'get --length=' | 'get --length') offer=(nothing) ;;
    'get --format=' | 'get --format') offer=(words raw text json hex base64) ;;
    'get --default=' | 'get --default') offer=(nothing) ;;
    'set --file=' | 'set --file' | 'set -f') offer=(files) ;;
    'set --if-version=' | 'set --if-version') offer=(nothing) ;;
    'delete --prefix=' | 'delete --prefix') offer=(nothing) ;;
    'keys --start=' | 'keys --start') offer=(key) ;;
    'keys --end=' | 'keys --end') offer=(key) ;;
    'keys --after=' | 'keys --after') offer=(key) ;;
    'keys --limit=' | 'keys --limit') offer=(nothing) ;;
    'keys --tree=') offer=(nothing) ;;
    'copy --to-bucket=' | 'copy --to-bucket') offer=(bucket) ;;
    'rename --to-bucket=' | 'rename --to-bucket') offer=(bucket) ;;
    'import --format=' | 'import --format') offer=(words ndjson json csv tsv mdb) ;;
    'import --mode=' | 'import --mode') offer=(words upsert insert replace) ;;
    'import --on-error=' | 'import --on-error') offer=(words stop skip) ;;
    'import --rejects=' | 'import --rejects') offer=(files) ;;
    'import --skip=' | 'import --skip') offer=(nothing) ;;
    'export --output=' | 'export --output' | 'export -o') offer=(files) ;;
    'export --format=' | 'export --format') offer=(words ndjson csv tsv mdb) ;;
    'bucket delete --confirm=' | 'bucket delete --confirm') offer=(bucket) ;;
    'bucket clear --confirm=' | 'bucket clear --confirm') offer=(bucket) ;;
    'run --bucket=' | 'run --bucket' | 'run -b') offer=(bucket) ;;
    'run --timeout=' | 'run --timeout') offer=(nothing) ;;
    'run --max-memory=' | 'run --max-memory') offer=(nothing) ;;
    *' --store=' | *' --store' | *' -s') offer=(files) ;;
    *' --bucket=' | *' --bucket' | *' -b') offer=(bucket) ;;
    *' --color=' | *' --color') offer=(words auto always never) ;;
    *) offer=(nothing); return 1 ;;
  esac
}

# Sets offer to what argument number $1 of $verb may be.
_kv_argument() {
  case "$verb $1" in
    'get 0') offer=(key) ;;
    'set 0') offer=(key) ;;
    'set 1') offer=(nothing) ;;
    'delete '*) offer=(key) ;;
    'exists 0') offer=(key) ;;
    'incr 0') offer=(key) ;;
    'incr 1') offer=(nothing) ;;
    'cas 0') offer=(key) ;;
    'cas 1') offer=(nothing) ;;
    'cas 2') offer=(nothing) ;;
    'keys 0') offer=(key) ;;
    'stat 0') offer=(key) ;;
    'get-many '*) offer=(key) ;;
    'set-many '*) offer=(nothing) ;;
    'delete-many '*) offer=(key) ;;
    'copy 0') offer=(key) ;;
    'copy 1') offer=(nothing) ;;
    'rename 0') offer=(key) ;;
    'rename 1') offer=(nothing) ;;
    'import 0') offer=(files) ;;
    'export 0') offer=(key) ;;
    'exec 0') offer=(files) ;;
    'bucket create 0') offer=(nothing) ;;
    'bucket delete 0') offer=(bucket) ;;
    'bucket rename 0') offer=(bucket) ;;
    'bucket rename 1') offer=(nothing) ;;
    'bucket copy 0') offer=(bucket) ;;
    'bucket copy 1') offer=(nothing) ;;
    'bucket clear 0') offer=(bucket) ;;
    'bucket info 0') offer=(bucket) ;;
    'run 0') offer=(files) ;;
    'run '*) offer=(nothing) ;;
    'completion 0') offer=(words bash zsh fish) ;;
    'help '*) offer=(verbs) ;;
    *) offer=(nothing) ;;
  esac
}

# Prints what keys or buckets ($1) the word $3 may become; more of it stands in src/complete-word.ts.
# In a process of its own: what the line mentions of this shell's variables is exported.
_kv_stored() {
  local rest=$COMP_LINE
  local variable='[$][{]?([A-Za-z_][A-Za-z0-9_]*)'
  while [[ $rest =~ $variable ]]; do
    rest=${rest#*"${BASH_REMATCH[0]}"}
    export "${BASH_REMATCH[1]}"
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
  rest=${COMP_LINE#"${COMP_WORDS[0]}"}
  for ((i = 1; i < ${#COMP_WORDS[@]}; i++)); do
    word=${COMP_WORDS[i]}
    gap=${rest%%[![:space:]]*}
    if [[ $gap || -z $word ]] || ((count < 0)); then
      count=$((count + 1))
      words[count]=''
    fi
    words[count]+=$word
    [[ $word ]] && rest=${rest#"$gap"} && rest=${rest#"$word"}
    if ((i == COMP_CWORD)); then
      last=$count
      value=${words[last]}
      # What is behind the cursor stays as it is.
      cut=$((${#COMP_LINE} - ${#rest} - COMP_POINT))
      [[ $word ]] && ((cut > 0)) && value=${value:0:${#value} - cut}
    fi
  done
  # Only the last piece is replaced; what is before it must not be repeated.
  local before=${value%"$2"}

  for ((i = 0; i < last; i++)); do
    word=${words[i]}
    if [[ $option ]]; then
      option=''
    elif [[ $ended || $word != -?* ]]; then
      case $verb in
        '' | bucket | store) _kv_verb "${verb:+$verb }$word" ;;
        *) arguments=$((arguments + 1)) ;;
      esac
    elif [[ $word == -- ]]; then
      ended=1
    elif _kv_value "$word"; then
      option=$word
    elif [[ $word == -[!-]?* ]] && ! _kv_value "${word:0:2}" && _kv_value "-${word: -1}"; then
      option=$word
    fi
  done

  if [[ $option ]]; then
    : # Found by _kv_value just now.
  elif [[ -z $ended && $value == --*=* ]]; then
    lead=${value%%=*}=
    value=${value#*=}
    _kv_value "$lead" || :
  elif [[ -z $ended && $value == -* ]]; then
    _kv_options
  else
    case $verb in
      '' | bucket | store) _kv_verbs "$verb" ;;
      *) _kv_argument "$arguments" ;;
    esac
  fi

  # A verb that is an argument: kv help bucket list
  if [[ ${offer[0]} == verbs ]]; then
    if ((arguments)); then _kv_verbs "${words[last - 1]}"; else _kv_verbs ''; fi
  fi
  case ${offer[0]} in
    files)
      compopt -o filenames 2> /dev/null || :
      while IFS= read -r word; do
        word=$lead$word
        COMPREPLY+=("${word#"$before"}")
      done < <(compgen -f -- "$value")
      ;;
    key | bucket)
      local place=argument
      [[ $option || $lead || $ended ]] && place=value
      while IFS= read -r word; do
        # A word that is only begun, by a + before it, is gone on with.
        [[ $word == +* ]] && compopt -o nospace 2> /dev/null
        word=$lead${word:1}
        COMPREPLY+=("${word#"$before"}")
      done < <(_kv_stored "${offer[0]}" "$place" "$value" "${words[@]}" 2> /dev/null)
      ;;
    words)
      for word in "${offer[@]:1}"; do
        [[ $word == "$value"* ]] || continue
        word=$lead$word
        COMPREPLY+=("${word#"$before"}")
      done
      ;;
  esac
}

complete -F _kv kv
