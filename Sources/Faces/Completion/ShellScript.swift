/// A shell, and how it asks for completions.
package enum ShellScript: String, Sendable, CaseIterable {
    case bash, fish, zsh

    /// The script that the shell reads once.
    ///
    /// It asks the program itself at each TAB, so that it never is out of date. The first line of an answer is `:none`, `:files` or `:directories`; each further one is a word, after a tab with what it
    /// means for shells that show that.
    package var text: String {
        switch self {
        case .bash: Self.bashText
        case .fish: Self.fishText
        case .zsh: Self.zshText
        }
    }

    private static let bashText = #"""
        # Completion of caisson for bash: source <(caisson completion bash)
        _caisson() {
            local word=${COMP_WORDS[COMP_CWORD]} program=${COMP_WORDS[0]/#\~/$HOME} lines
            mapfile -t lines < <("$program" __complete bash "$COMP_WORDBREAKS" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
            # What separates words for bash is a word of its own.
            [[ $word != [=:] ]] || word=
            COMPREPLY=()
            case ${lines[0]-} in
            :files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
            :directories) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
            *) COMPREPLY=("${lines[@]:1}") ;;
            esac
            if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=:/,] ]]; then compopt -o nospace; fi
        }
        complete -F _caisson caisson

        """#

    private static let zshText = #"""
        #compdef caisson
        # Completion of caisson for zsh: source <(caisson completion zsh), or as _caisson in a folder of $fpath
        _caisson() {
            local -a lines candidates
            local line word meaning
            lines=("${(@f)$("${words[1]/#\~/$HOME}" __complete zsh -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
            case ${lines[1]} in
            :files) compset -P '--*='; _files; return ;;
            :directories) compset -P '--*='; _files -/; return ;;
            esac
            for line in "${(@)lines[2,-1]}"; do
                word=${line%%$'\t'*} meaning=${line#*$'\t'}
                candidates+=("${word//:/\\:}${meaning:+:$meaning}")
            done
            if [[ ${#candidates} == 1 && ${lines[2]%%$'\t'*} == *[=:/,] ]]; then
                _describe -t values value candidates -S ''
            else
                _describe -t values value candidates
            fi
        }
        if [ "$funcstack[1]" = _caisson ]; then _caisson "$@"; else compdef _caisson caisson; fi

        """#

    private static let fishText = #"""
        # Completion of caisson for fish: caisson completion fish | source
        function __caisson_complete
            set -l words (commandline -opc)
            set -l current (commandline -ct)
            set -l lines ($words[1] __complete fish -- $words[2..-1] "$current" 2>/dev/null)
            set -l path (string replace -r '^--[a-z-]+=' '' -- "$current")
            switch "$lines[1]"
                case :files
                    __fish_complete_path "$path"
                case :directories
                    __fish_complete_directories "$path"
            end
            printf '%s\n' $lines[2..-1]
        end
        complete -c caisson -f -a '(__caisson_complete)'

        """#
}

extension Completion {
    /// The answer that a shell's script reads.
    ///
    /// - Parameter cut: The beginning of each word that the shell has already, as it takes it for a word of its own.
    package func text(for shell: ShellScript, cut: String = "") -> String {
        let lines = candidates.map { candidate in
            let word = candidate.word.hasPrefix(cut) ? String(candidate.word.dropFirst(cut.count)) : candidate.word
            // bash would show the meaning as a part of the word.
            return shell == .bash ? word : "\(word)\t\(candidate.meaning)"
        }
        return ([":\(paths.rawValue)"] + lines).map { $0 + "\n" }.joined()
    }
}
