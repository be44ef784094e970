import ArgumentParser
import CaissonBuildModel
import CaissonPlanning
import CaissonText
import Testing

@testable import caisson

/// The batch command that a command line is read as, in docker buildx's words or ours.
private func batchCommand(_ words: [String]) throws -> BatchCommand {
    let command = try Caisson.command(for: try CommandWords.normalised(try PeerWords(words).words))
    return try #require(command as? BatchCommand)
}

@Suite("caisson batch")
struct BatchCommandTests {
    /// The flags of docker buildx bake 0.29.1, those for experiments and those that are hidden included, and 0.36's
    /// `--var` and `--policy`; with a value that each takes, nil for those that take none.
    private static let flags: [(name: String, value: String?)] = [
        ("--allow", "ssh"), ("--builder", "x"), ("--call", "check"), ("--check", nil), ("--file", "x"), ("--help", nil),
        ("--list", "targets"), ("--list-targets", nil), ("--list-variables", nil), ("--load", nil),
        ("--metadata-file", "m"), ("--no-cache", nil), ("--policy", "strict=true"), ("--print", nil),
        ("--progress", "plain"), ("--provenance", "mode=max"), ("--pull", nil), ("--push", nil), ("--sbom", "true"),
        ("--set", "*.pull=true"), ("--var", "A=1"),
    ]
    /// Flags of docker's that are read elsewhere, each with the reason.
    private static let elsewhere = ["--debug": "PeerWords takes it out of the words of any command"]
    /// Flags that docker buildx bake doesn't have.
    private static let own = [
        "--addr", "--classic", "--jobs", "--keep-going", "--no-history", "--no-mask", "--only", "--only-failed",
        "--quiet",
        "--registry-insecure", "--resume", "--resume-id", "--schema", "--summary",
    ]

    @Test("Every flag of docker buildx bake is known, as a switch or with a value", arguments: flags.map(\.name))
    func known(name: String) throws {
        let value = Self.flags.first { $0.name == name }?.value
        #expect(BatchFlags.kind(of: name) == (value == nil ? .boolean : .value))
        guard name != "--help" else { return }
        let plain = try batchCommand(["batch"])
        let given = try batchCommand(["bake", name] + (value.map { [$0] } ?? []))
        #expect("\(given)" != "\(plain)", "\(name) is taken and does nothing")
    }

    @Test("There is no flag besides docker's but our own, and each is declared")
    func complete() throws {
        let known = Set(Self.flags.map(\.name) + Self.own)
        #expect(Set(BatchFlags.booleans + BatchFlags.values) == known)
        let declared = DeclaredFlag.all(of: BatchCommand.self)
        #expect(Set(declared.flatMap(\.names)).subtracting(["-f", "-h", "-q", "--off"]) == known)
        for flag in declared {
            for name in flag.names where name.hasPrefix("--") && name != "--off" {
                #expect(BatchFlags.kind(of: name) == (flag.hasValue ? .value : .boolean), "\(name)")
            }
        }
        for name in Self.elsewhere.keys {
            #expect(BatchFlags.kind(of: name) == nil)
            let words = try PeerWords(["bake", name, "x"])
            #expect(words.words == ["batch", "x"])
            #expect(words.warnings == ["--debug has no effect on batch"])
        }
        for letter in ["f", "q", "h"] { #expect(BatchFlags.long(of: Character(letter)).map(known.contains) == true) }
        #expect(BatchFlags.keepsOff.isSubset(of: Set(BatchFlags.booleans)))
    }

    private static let words: [(given: [String], ours: [String])] = [
        (["bake", "-f=x", "a"], ["batch", "--file", "x", "a"]), (["bake", "-fx"], ["batch", "--file", "x"]),
        (["f", "-f", "x"], ["batch", "--file", "x"]), (["batch", "--file=-"], ["batch", "--file", "-"]),
        (["bake", "-f", ""], ["batch"]), (["bake", "-f", "", "a"], ["batch", "a"]),
        (["bake", "--file=", "a"], ["batch", "a"]),
        (["--builder", "x", "bake", "a"], ["batch", "--builder", "x", "a"]),
        (["-D", "--builder=x", "f", "a"], ["batch", "--builder", "x", "a"]),
        (["bake", "--no-cache=false"], ["batch", "--off=--no-cache"]),
        (["bake", "--no-cache", "--no-cache=false"], ["batch", "--off=--no-cache"]),
        (["bake", "--no-cache=0", "--no-cache"], ["batch", "--no-cache"]),
        (["bake", "--push=false", "--pull=F"], ["batch", "--off=--pull"]),
        (["bake", "--print=true"], ["batch", "--print"]),
        (["bake", "--set", "-x", "--set=a.args.B=-f"], ["batch", "--set", "-x", "--set", "a.args.B=-f"]),
        (["bake", "-qfx", "--", "-f"], ["batch", "--quiet", "--file", "x", "--", "-f"]),
    ]

    @Test("Words are read as docker reads them", arguments: words)
    func normalised(row: (given: [String], ours: [String])) throws {
        #expect(try CommandWords.normalised(try PeerWords(row.given).words) == row.ours)
    }

    @Test("Switches change the definition where they are given, also turned off")
    func switches() throws {
        func flags(_ words: String...) throws -> BakeFlags { try batchCommand(["bake"] + words).flags() }
        let none = try flags()
        #expect(none.noCache == nil && none.pull == nil && none.call == nil && !none.push && !none.load)
        #expect(none.set.isEmpty && none.policies.isEmpty && none.sbom.isEmpty && none.provenance.isEmpty)
        let off = try flags("--no-cache=false", "--pull=0", "--push=false")
        #expect(off.noCache == false && off.pull == false && !off.push)
        let on = try flags("--no-cache", "--pull", "--push", "--load", "--sbom=true", "--provenance", "mode=max")
        #expect(on.noCache == true && on.pull == true && on.push && on.load)
        #expect(on.sbom == "true" && on.provenance == "mode=max")
        let lists = try flags("--set", "a.b=1", "--set=*.c=2", "--policy", "strict=true")
        #expect(lists.set == ["a.b=1", "*.c=2"] && lists.policies == ["strict=true"])
    }

    @Test("Questions have bake's names in the definition")
    func questions() throws {
        func call(_ words: String...) throws -> String? { try batchCommand(["bake"] + words).flags().call }
        #expect(try call("--check") == "lint")
        #expect(try call("--call", "check,format=json") == "lint")
        #expect(try call("--call=lint") == "lint")
        #expect(try call("--call", "outline") == "outline")
        #expect(try call("--call", "build") == nil)
        #expect(throws: BuildError(.usage, "--call \"chek\" is no question (did you mean check?)")) {
            try call("--call", "chek")
        }
        #expect(throws: BuildError(.usage, "--check and --call outline ask for different things; leave one out")) {
            try call("--check", "--call", "outline")
        }
    }

    @Test("What is listed, and that it isn't printed as well")
    func listings() throws {
        func listing(_ words: String...) throws -> BakeListing? {
            try batchCommand(["bake"] + words).definition.listing()
        }
        #expect(try listing() == nil && listing("--print") == nil)
        for words in [
            ["--list", "targets"], ["--list-targets"], ["--list=type=variables,format=json"], ["--list-variables"],
        ] {
            #expect(try batchCommand(["bake"] + words).definition.listing() != nil, "\(words)")
            #expect(throws: BuildError(.usage, "--print and --list ask for different things; leave one out")) {
                try batchCommand(["bake", "--print"] + words).definition.listing()
            }
        }
        #expect {
            try listing("--list", "target")
        } throws: { error in
            (error as? BuildError)?.code == .usage && "\((error as? BuildError)?.message ?? "")".contains("--list")
        }
    }

    @Test("Variables are NAME=VALUE; the last of several counts")
    func variables() throws {
        func variables(_ words: String...) throws -> [String: String] {
            try batchCommand(["bake"] + words.flatMap { ["--var", $0] }).definition.variables()
        }
        #expect(try variables("A=1", "B=", "A=2=3", "C=-x") == ["A": "2=3", "B": "", "C": "-x"])
        #expect(try variables("") == [:])
        for word in ["A", "=1"] {
            #expect(throws: BuildError(.usage, "--var \"\(word)\" must be NAME=VALUE")) { try variables(word) }
        }
    }

    @Test("A definition's address comes before the targets, and after it the command's directory may be one, too")
    func operands() throws {
        func operands(_ words: String...) throws -> [String?] {
            let found = try batchCommand(["bake"] + words).definition.operands
            return [found.address, found.context] + found.names
        }
        #expect(try operands() == [nil, nil])
        #expect(try operands("a", "https://x.example/y.git") == [nil, nil, "a", "https://x.example/y.git"])
        #expect(try operands("https://x.example/y.git", "a") == ["https://x.example/y.git", nil, "a"])
        let git = "git@x.example:y.git#v1"
        #expect(try operands(git, "https://x.example/z.tar", "a") == [git, "https://x.example/z.tar", "a"])
    }

    @Test(
        "A wrong flag is wrong usage, and a near one is named",
        arguments: [
            (["bake", "--prnt"], "--print"), (["bake", "--no-cache=maybe"], "--no-cache=maybe is neither on nor off"),
            (["bake", "--allow", "sshh"], "did you mean ssh?"), (["bake", "-x"], "-x"), (["bake", "--file"], "--file"),
            (["bake", "--print", "--list", "targets"], "--print and --list"),
            (["bake", "--progress", "plan"], "plain"),
            (["bake", "--builder", "a", "--addr", "unix:///x"], "--addr and --builder"),
        ]
    )
    func wrong(words: [String], part: String) {
        let ending: ExitReport
        do {
            let command = try batchCommand(words)
            _ = try (command.definition.listing(), command.powers.grants(), command.progress.mode(environment: [:]))
            Issue.record("\(words) was taken")
            return
        } catch {
            ending = .of(error, arguments: words)
        }
        #expect(ending.status == 2)
        #expect(ending.complaint.contains(part), "\(ending.complaint)")
    }
}
