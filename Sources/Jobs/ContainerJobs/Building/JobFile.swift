/// A small file that a job's Dockerfile carries into its steps.
///
/// The Dockerfile of an engine as old as dockerd 20.10 has no heredoc, and the context is the job's own source, so that
/// `printf` writes the file.
package struct JobFile: Sendable, Hashable {
    /// Its path below the folder of all of them, such as `steps/image.sh`.
    package var path: String
    /// What is in it.
    package var bytes: [UInt8]

    /// Makes a file.
    package init(_ path: String, _ bytes: [UInt8]) {
        (self.path, self.bytes) = (path, bytes)
    }

    /// Makes a file of a text.
    package init(_ path: String, _ text: String) {
        self.init(path, Array(text.utf8))
    }

    /// An argument of a program is refused by Linux from 128 KiB on (`MAX_ARG_STRLEN`).
    private static let longestArgument = 60_000

    /// What `printf %b` makes the bytes of, in pieces that are no longer than an argument may be.
    ///
    /// Bytes that a Dockerfile, JSON or a shell might take for something else are written in octal.
    var pieces: [String] {
        var pieces: [String] = []
        var piece = ""
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\\"): piece += "\\\\"
            case 0x0A: piece += "\\n"
            case 0x20...0x7E: piece.unicodeScalars.append(Unicode.Scalar(byte))
            default: piece += Self.octal(byte)
            }
            guard piece.utf8.count >= Self.longestArgument else { continue }
            pieces.append(piece)
            piece = ""
        }
        if !piece.isEmpty { pieces.append(piece) }
        return pieces
    }

    private static func octal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 8)
        return "\\0" + String(repeating: "0", count: 3 - digits.count) + digits
    }
}

extension JobFile {
    /// So many bytes of pieces go into one instruction: Linux takes a quarter of the stack, 2 MiB, for all arguments.
    private static let mostAtOnce = 500_000

    /// The commands, each with its words, that write files below a folder.
    static func commands(writing files: [JobFile], below folder: String) -> [[String]] {
        // `$0` is the folder; behind it come a path and a piece, again and again, so that no text is part of a script.
        let script =
            "while [ $# -gt 0 ]; do case $1 in */*) mkdir -p \"$0/${1%/*}\";; *) mkdir -p \"$0\";; esac; "
            + "printf %b \"$2\" >> \"$0/$1\" || exit; shift 2; done"
        var commands: [[String]] = []
        var words: [String] = []
        var size = 0
        for file in files {
            for piece in file.bytes.isEmpty ? [""] : file.pieces {
                words += [file.path, piece]
                size += piece.utf8.count
                guard size >= mostAtOnce else { continue }
                commands.append(["sh", "-c", script, folder] + words)
                (words, size) = ([], 0)
            }
        }
        if !words.isEmpty { commands.append(["sh", "-c", script, folder] + words) }
        return commands
    }
}
