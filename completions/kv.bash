# bash completion for kv
# For this shell: source <(kv completion bash)
# For good:       kv completion bash > ~/.local/share/bash-completion/completions/kv

# Asks kv, in a process of its own: what the line mentions of this shell's variables is exported.
# It is told the line up to the cursor, what is behind it, and what of the word bash will replace.
_kv_ask() {
  local rest=$1$2 variable='[$][{]?([A-Za-z_][A-Za-z0-9_]*)'
  while [[ $rest =~ $variable ]]; do
    rest=${rest#*"${BASH_REMATCH[0]}"}
    export "${BASH_REMATCH[1]}"
  done
  command kv __complete bash "$@" 2> /dev/null
}

_kv() {
  local kind='' lead='' start kept word
  COMPREPLY=()
  {
    IFS= read -r kind && IFS= read -r lead
    case $kind in
      words)
        while IFS= read -r word; do
          # Before it is a + where it goes on, else a dot.
          [[ $word == +* ]] && compopt -o nospace 2> /dev/null
          COMPREPLY+=("${word:1}")
        done
        ;;
      files)
        IFS= read -r start && IFS= read -r kept
        compopt -o filenames 2> /dev/null
        while IFS= read -r word; do
          word=$lead$word
          COMPREPLY+=("${word#"$kept"}")
        done < <(compgen -f -- "$start")
        ;;
    esac
  } < <(_kv_ask "${COMP_LINE:0:COMP_POINT}" "${COMP_LINE:COMP_POINT}" "$2")
  return 0
}

complete -F _kv kv
