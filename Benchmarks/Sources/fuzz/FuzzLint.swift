import CaissonDockerfile
import CaissonDockerfileLint
import CaissonShell

/// A Dockerfile: printing it gives the bytes again, its tokens have no gaps, every word is in the file.
func fuzzDockerfile(_ bytes: [UInt8]) {
    let file = Dockerfile(parsing: bytes)
    precondition(file.printed == bytes, "printing gives another file")
    var end = 0
    for token in file.tokens {
        precondition(token.start == end && token.end > token.start, "the tokens have a gap")
        end = token.end
    }
    for instruction in file.instructions {
        precondition(instruction.span.upperBound <= bytes.count, "an instruction ends behind the file")
        for word in instruction.words {
            precondition(word.span.upperBound <= bytes.count, "a word ends behind the file")
        }
        _ = Expansion.expand(instruction.restText, escape: file.escape) { $0.count > 2 ? nil : "value" }
    }
}

/// Shell text: every command and word is within it.
func fuzzShell(_ bytes: [UInt8]) {
    let script = ShellScript(parsing: bytes)
    for command in script.commands {
        precondition(command.range.upperBound <= bytes.count, "a command ends behind the text")
        for word in command.words { precondition(word.range.upperBound <= bytes.count, "a word ends behind the text") }
    }
}

/// All rules and their fixes: places are in the file, and fixing finds an end.
func fuzzFix(_ bytes: [UInt8]) {
    let linter = Linter()
    let lint = { (file: Dockerfile) in linter.lint(file, name: "fuzz").findings }
    for finding in lint(Dockerfile(parsing: bytes)) {
        precondition(finding.span.upperBound <= bytes.count, "a finding ends behind the file")
    }
    let once = FixApplication.apply(to: bytes, unsafe: true, lint: lint)
    let twice = FixApplication.apply(to: once.bytes, unsafe: true, lint: lint)
    precondition(once.bytes == twice.bytes, "fixing again changes the file again")
}
