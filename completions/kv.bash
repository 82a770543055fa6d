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
    '') offer=(words get set delete del rm exists incr cas keys ls stat get-many mget set-many mset delete-many mdel copy cp rename mv import export exec bucket store run completion help) ;;
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
    'get --format=' | 'get --format') offer=(words raw text hex base64) ;;
    'get --default=' | 'get --default') offer=(nothing) ;;
    'set --file=' | 'set --file' | 'set -f') offer=(files) ;;
    'set --if-version=' | 'set --if-version') offer=(nothing) ;;
    'delete --prefix=' | 'delete --prefix') offer=(nothing) ;;
    'keys --start=' | 'keys --start') offer=(nothing) ;;
    'keys --end=' | 'keys --end') offer=(nothing) ;;
    'keys --after=' | 'keys --after') offer=(nothing) ;;
    'keys --limit=' | 'keys --limit') offer=(nothing) ;;
    'keys --tree=') offer=(nothing) ;;
    'copy --to-bucket=' | 'copy --to-bucket') offer=(nothing) ;;
    'rename --to-bucket=' | 'rename --to-bucket') offer=(nothing) ;;
    'import --format=' | 'import --format') offer=(words ndjson json csv tsv mdb) ;;
    'import --mode=' | 'import --mode') offer=(words upsert insert replace) ;;
    'import --on-error=' | 'import --on-error') offer=(words stop skip) ;;
    'import --rejects=' | 'import --rejects') offer=(files) ;;
    'import --skip=' | 'import --skip') offer=(nothing) ;;
    'export --output=' | 'export --output' | 'export -o') offer=(files) ;;
    'export --format=' | 'export --format') offer=(words ndjson csv tsv mdb) ;;
    'bucket delete --confirm=' | 'bucket delete --confirm') offer=(nothing) ;;
    'bucket clear --confirm=' | 'bucket clear --confirm') offer=(nothing) ;;
    'run --bucket=' | 'run --bucket' | 'run -b') offer=(nothing) ;;
    'run --timeout=' | 'run --timeout') offer=(nothing) ;;
    'run --max-memory=' | 'run --max-memory') offer=(nothing) ;;
    *' --store=' | *' --store' | *' -s') offer=(files) ;;
    *' --bucket=' | *' --bucket' | *' -b') offer=(nothing) ;;
    *' --color=' | *' --color') offer=(words auto always never) ;;
    *) offer=(nothing); return 1 ;;
  esac
}

# Sets offer to what argument number $1 of $verb may be.
_kv_argument() {
  case "$verb $1" in
    'get 0') offer=(nothing) ;;
    'set 0') offer=(nothing) ;;
    'set 1') offer=(nothing) ;;
    'delete '*) offer=(nothing) ;;
    'exists 0') offer=(nothing) ;;
    'incr 0') offer=(nothing) ;;
    'incr 1') offer=(nothing) ;;
    'cas 0') offer=(nothing) ;;
    'cas 1') offer=(nothing) ;;
    'cas 2') offer=(nothing) ;;
    'keys 0') offer=(nothing) ;;
    'stat 0') offer=(nothing) ;;
    'get-many '*) offer=(nothing) ;;
    'set-many '*) offer=(nothing) ;;
    'delete-many '*) offer=(nothing) ;;
    'copy 0') offer=(nothing) ;;
    'copy 1') offer=(nothing) ;;
    'rename 0') offer=(nothing) ;;
    'rename 1') offer=(nothing) ;;
    'import 0') offer=(files) ;;
    'export 0') offer=(nothing) ;;
    'exec 0') offer=(files) ;;
    'bucket create 0') offer=(nothing) ;;
    'bucket delete 0') offer=(nothing) ;;
    'bucket rename 0') offer=(nothing) ;;
    'bucket rename 1') offer=(nothing) ;;
    'bucket copy 0') offer=(nothing) ;;
    'bucket copy 1') offer=(nothing) ;;
    'bucket clear 0') offer=(nothing) ;;
    'bucket info 0') offer=(nothing) ;;
    'run 0') offer=(files) ;;
    'run '*) offer=(nothing) ;;
    'completion 0') offer=(words bash zsh fish) ;;
    'help '*) offer=(verbs) ;;
    *) offer=(nothing) ;;
  esac
}

_kv() {
  local verb='' option='' ended='' arguments=0 last=0 lead='' value i word
  local words offer
  words=('')
  offer=(nothing)
  COMPREPLY=()

  # bash parts words at = and :, so --color=never arrives in three pieces.
  local parted='^[=:]+$'
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if ((i > 1)) && [[ $word =~ $parted || ${COMP_WORDS[i - 1]} =~ $parted ]]; then
      words[last]+=$word
    else
      ((i > 1)) && last=$((last + 1))
      words[last]=$word
    fi
  done
  # Only the last piece is replaced; what is before it must not be repeated.
  value=${words[last]}
  [[ $word =~ $parted ]] && word=''
  local before=${value%"$word"}

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
