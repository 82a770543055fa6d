# fish completion for kv
# For this shell: kv completion fish | source
# For good:       kv completion fish > ~/.config/fish/completions/kv.fish

# Asks kv, which is told the command up to the cursor, and what it mentions of this shell's variables.
function __kv_ask
    command -q kv; or return
    set -l line (commandline -cp)
    set -l variables
    for name in (string match -ar -- '\$[A-Za-z_][A-Za-z0-9_]*' "$line" | string sub -s 2)
        set -q $name; and set -a variables $name="$$name"
    end
    command env $variables kv __complete fish "$line" 2>/dev/null | string split0
end

# A word, or a word, a tab, and what it does. Words may hold newlines.
function __kv_complete
    set -l answer (__kv_ask)
    switch "$answer[1]"
        case words
            string join0 -- $answer[3..] | string split0
        case files
            set -l word (commandline -ct)
            set -l start (string sub -s (math 1 + (string length -- "$answer[2]")) -- "$word")
            for path in (__fish_complete_path "$start")
                echo -- $answer[2]$path
            end
    end
end

complete -c kv -f -k -a '(__kv_complete)'
