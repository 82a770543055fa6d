# fish completion for kv
# For this shell: kv completion fish | source
# For good:       kv completion fish > ~/.config/fish/completions/kv.fish

# The full name of the verb or group that the words in $argv name.
function __kv_verb
    switch (string trim -- "$argv")
        case get
            echo get
        case set
            echo set
        case delete
            echo delete
        case del
            echo delete
        case rm
            echo delete
        case exists
            echo exists
        case incr
            echo incr
        case cas
            echo cas
        case keys
            echo keys
        case ls
            echo keys
        case stat
            echo stat
        case get-many
            echo get-many
        case mget
            echo get-many
        case set-many
            echo set-many
        case mset
            echo set-many
        case delete-many
            echo delete-many
        case mdel
            echo delete-many
        case copy
            echo copy
        case cp
            echo copy
        case rename
            echo rename
        case mv
            echo rename
        case import
            echo import
        case export
            echo export
        case exec
            echo exec
        case bucket
            echo bucket
        case store
            echo store
        case run
            echo run
        case repl
            echo repl
        case completion
            echo completion
        case help
            echo help
        case 'bucket list'
            echo 'bucket list'
        case 'bucket ls'
            echo 'bucket list'
        case 'bucket create'
            echo 'bucket create'
        case 'bucket delete'
            echo 'bucket delete'
        case 'bucket rm'
            echo 'bucket delete'
        case 'bucket rename'
            echo 'bucket rename'
        case 'bucket mv'
            echo 'bucket rename'
        case 'bucket copy'
            echo 'bucket copy'
        case 'bucket cp'
            echo 'bucket copy'
        case 'bucket clear'
            echo 'bucket clear'
        case 'bucket info'
            echo 'bucket info'
        case 'store info'
            echo 'store info'
        case '*'
            echo '?'
    end
end

# The words that may follow $argv[1], a group or nothing, with what they do.
function __kv_verbs
    switch "$argv[1]"
        case ''
            printf '%s\t%s\n' get 'Print the value of a key' \
                set 'Set the value of a key' \
                delete 'Delete keys, or all that begin with a prefix' \
                del 'Delete keys, or all that begin with a prefix' \
                rm 'Delete keys, or all that begin with a prefix' \
                exists 'Tell whether a key is there' \
                incr 'Add to a counter and print the new value' \
                cas 'Compare and swap: set a counter to NEW if it is OLD' \
                keys 'List keys in order' \
                ls 'List keys in order' \
                stat 'Show what is known of a key: size, version, time of change, kind' \
                get-many 'Print the values of several keys' \
                mget 'Print the values of several keys' \
                set-many 'Set several keys in one transaction' \
                mset 'Set several keys in one transaction' \
                delete-many 'Delete several keys in one transaction' \
                mdel 'Delete several keys in one transaction' \
                copy 'Copy a key' \
                cp 'Copy a key' \
                rename 'Rename a key' \
                mv 'Rename a key' \
                import 'Load records by the million' \
                export 'Print all records, to be imported again' \
                exec 'Run a script of verbs, one a line' \
                bucket 'list, create, delete, rename, copy, clear, info' \
                store info \
                run 'Run a WebAssembly component on granted buckets' \
                repl 'A prompt for these verbs; a bare kv at a terminal opens it' \
                completion 'Print a shell\'s completion script' \
                help 'Explain kv, or one of its verbs'
        case bucket
            printf '%s\t%s\n' list 'List the buckets' \
                ls 'List the buckets' \
                create 'Create a bucket' \
                delete 'Delete a bucket with all its keys' \
                rm 'Delete a bucket with all its keys' \
                rename 'Rename a bucket' \
                mv 'Rename a bucket' \
                copy 'Copy a bucket with all its keys' \
                cp 'Copy a bucket with all its keys' \
                clear 'Delete all keys of a bucket, and keep the bucket' \
                info 'Show what a bucket holds'
        case store
            printf '%s\t%s\n' info 'Show what the store holds and how large it is'
    end
end

# Whether $argv[2] is an option of verb $argv[1] whose value is the next word.
function __kv_takes_value
    switch "$argv"
        case 'get -o' 'get --output' 'get --offset' 'get --length' 'get --format' 'get --default' 'set -f' 'set --file' 'set --if-version' 'delete --prefix' 'keys --start' 'keys --end' 'keys --after' 'keys --limit' 'copy --to-bucket' 'rename --to-bucket' 'import --format' 'import --mode' 'import --on-error' 'import --rejects' 'import --skip' 'export -o' 'export --output' 'export --format' 'bucket delete --confirm' 'bucket clear --confirm' 'run -b' 'run --bucket' 'run --timeout' 'run --max-memory' '* -s' '* --store' '* -b' '* --bucket' '* --color'
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
            if contains -- "$verb" '' bucket store
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
    for name in (string match -ar -- '\$[A-Za-z_][A-Za-z0-9_]*' "$words" | string sub -s 2)
        set -q $name; and set -a variables $name="$$name"
    end
    command env $variables kv __complete fish $argv[1] $place "$word" $words[2..-1] 2>/dev/null | string split0
end

complete -c kv -f
complete -c kv -n "__kv_in ''" -a "(__kv_verbs '')"
complete -c kv -n "__kv_in bucket" -a "(__kv_verbs bucket)"
complete -c kv -n "__kv_in store" -a "(__kv_verbs store)"

complete -c kv -s s -l store -r -F -d 'folder of the store'
complete -c kv -n "not __kv_in run" -s b -l bucket -x -k -a "(__kv_stored bucket value)" -d 'bucket to work in'
complete -c kv -l json -d 'print JSON: one object, or one a line for a list'
complete -c kv -s q -l quiet -d 'leave out remarks, and answers that the exit status gives'
complete -c kv -l color -x -a 'auto always never' -d 'colour: auto, always or never'
complete -c kv -l no-input -d 'never ask: refuse where an answer would be needed'
complete -c kv -l read-only -d 'refuse whatever would write to the store'
complete -c kv -l version -d 'print the version'
complete -c kv -s h -l help -d 'print help, of the verb where one is given'

complete -c kv -n "__kv_in get" -s o -l output -r -F -d 'write to FILE, which appears whole or not at all; - is stdout'
complete -c kv -n "__kv_in get" -l offset -x -d 'begin N bytes into the value'
complete -c kv -n "__kv_in get" -l length -x -d 'print at most N bytes'
complete -c kv -n "__kv_in get" -l format -x -a 'raw text json hex base64' -d 'print as raw, text, json (laid out), hex or base64'
complete -c kv -n "__kv_in get" -l default -x -d 'print V, and succeed, where there is no such key'
complete -c kv -n "__kv_argument get 0" -k -a "(__kv_stored key argument)"
complete -c kv -n "__kv_in set" -s f -l file -r -F -d 'read the value from FILE'
complete -c kv -n "__kv_in set" -l if-absent -d 'only where there is no such key'
complete -c kv -n "__kv_in set" -l if-present -d 'only where the key is there'
complete -c kv -n "__kv_in set" -l if-version -x -d 'only where the version is N, as stat prints it'
complete -c kv -n "__kv_argument set 0" -k -a "(__kv_stored key argument)"
complete -c kv -n "__kv_in delete" -l prefix -x -d 'every key that begins with P'
complete -c kv -n "__kv_in delete" -s n -l dry-run -d 'print the keys that would go, and delete nothing'
complete -c kv -n "__kv_in delete" -s y -l yes -d 'do not ask'
complete -c kv -n "__kv_arguments_from delete 0" -k -a "(__kv_stored key argument)"
complete -c kv -n "__kv_argument exists 0" -k -a "(__kv_stored key argument)"
complete -c kv -n "__kv_argument incr 0" -k -a "(__kv_stored key argument)"
complete -c kv -n "__kv_argument cas 0" -k -a "(__kv_stored key argument)"
complete -c kv -n "__kv_in keys" -s l -l long -d 'with size, version and time of change'
complete -c kv -n "__kv_in keys" -s 0 -l nul -d 'raw keys, each ended by a NUL'
complete -c kv -n "__kv_in keys" -l start -x -k -a "(__kv_stored key value)" -d 'from K on'
complete -c kv -n "__kv_in keys" -l end -x -k -a "(__kv_stored key value)" -d 'up to K, and without it'
complete -c kv -n "__kv_in keys" -l after -x -k -a "(__kv_stored key value)" -d 'beyond K: the last key of the page before'
complete -c kv -n "__kv_in keys" -l limit -x -d 'at most N keys'
complete -c kv -n "__kv_in keys" -l reverse -d 'from the last to the first'
complete -c kv -n "__kv_in keys" -l count -d 'only how many there are'
complete -c kv -n "__kv_in keys" -l tree -d 'as a tree, split at / or SEP, with counts'
complete -c kv -n "__kv_argument keys 0" -k -a "(__kv_stored key argument)"
complete -c kv -n "__kv_argument stat 0" -k -a "(__kv_stored key argument)"
complete -c kv -n "__kv_arguments_from get-many 0" -k -a "(__kv_stored key argument)"
complete -c kv -n "__kv_arguments_from delete-many 0" -k -a "(__kv_stored key argument)"
complete -c kv -n "__kv_in copy" -l to-bucket -x -k -a "(__kv_stored bucket value)" -d 'into bucket B'
complete -c kv -n "__kv_in copy" -l if-absent -d 'only where there is no target yet'
complete -c kv -n "__kv_argument copy 0" -k -a "(__kv_stored key argument)"
complete -c kv -n "__kv_in rename" -l to-bucket -x -k -a "(__kv_stored bucket value)" -d 'into bucket B'
complete -c kv -n "__kv_in rename" -l if-absent -d 'only where there is no target yet'
complete -c kv -n "__kv_argument rename 0" -k -a "(__kv_stored key argument)"
complete -c kv -n "__kv_in import" -l format -x -a 'ndjson json csv tsv mdb' -d 'ndjson, json, csv, tsv or mdb'
complete -c kv -n "__kv_in import" -l mode -x -a 'upsert insert replace' -d 'upsert, insert or replace; upsert if left out'
complete -c kv -n "__kv_in import" -l on-error -x -a 'stop skip' -d 'stop at a rejected record, or skip it; stop if left out'
complete -c kv -n "__kv_in import" -l rejects -r -F -d 'write rejected records and reasons to FILE, as JSON'
complete -c kv -n "__kv_in import" -l skip -x -d 'pass over the records of the first N lines'
complete -c kv -n "__kv_in import" -l atomic -d 'one transaction: all of it, or nothing'
complete -c kv -n "__kv_in import" -s n -l dry-run -d 'read and check everything, and change no bucket'
complete -c kv -n "__kv_argument import 0" -F
complete -c kv -n "__kv_in export" -s o -l output -r -F -d 'write to FILE, which appears whole or not at all; - is stdout'
complete -c kv -n "__kv_in export" -l format -x -a 'ndjson csv tsv mdb' -d 'ndjson, csv, tsv, mdb; else what FILE is called, else ndjson'
complete -c kv -n "__kv_argument export 0" -k -a "(__kv_stored key argument)"
complete -c kv -n "__kv_in exec" -l atomic -d 'one transaction: an error undoes everything'
complete -c kv -n "__kv_in exec" -l keep-going -d 'go on after an error, and end with the status of the first'
complete -c kv -n "__kv_argument exec 0" -F
complete -c kv -n "__kv_in 'bucket delete'" -l confirm -x -k -a "(__kv_stored bucket value)" -d 'the bucket\'s name once more, in place of the question'
complete -c kv -n "__kv_argument 'bucket delete' 0" -k -a "(__kv_stored bucket argument)"
complete -c kv -n "__kv_argument 'bucket rename' 0" -k -a "(__kv_stored bucket argument)"
complete -c kv -n "__kv_argument 'bucket copy' 0" -k -a "(__kv_stored bucket argument)"
complete -c kv -n "__kv_in 'bucket clear'" -l confirm -x -k -a "(__kv_stored bucket value)" -d 'the bucket\'s name once more, in place of the question'
complete -c kv -n "__kv_argument 'bucket clear' 0" -k -a "(__kv_stored bucket argument)"
complete -c kv -n "__kv_argument 'bucket info' 0" -k -a "(__kv_stored bucket argument)"
complete -c kv -n "__kv_in run" -s b -l bucket -x -k -a "(__kv_stored bucket value)" -d 'grant the bucket REAL under the name GUEST, :ro to read only; may be repeated'
complete -c kv -n "__kv_in run" -l timeout -x -d 'stop it after 500ms, 10s, 5m, 1h'
complete -c kv -n "__kv_in run" -l max-memory -x -d 'bound its memory: 512K, 64M, 2G'
complete -c kv -n "__kv_in run" -l explain -d 'list its imports and the grants, and run nothing'
complete -c kv -n "__kv_in run" -l no-cache -d 'neither use nor keep the prepared form of it'
complete -c kv -n "__kv_argument run 0" -F
complete -c kv -n "__kv_argument completion 0" -a 'bash zsh fish'
complete -c kv -n "__kv_arguments_from help 0" -a "(__kv_topics)"
