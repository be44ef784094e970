import ArgumentParser
import CaissonBuildModel
import CaissonReporting
import Testing

@testable import caisson

/// The build command that some words are read as.
func buildCommand(_ words: [String]) throws -> BuildCommand {
    let command = try Caisson.parseAsRoot(try CommandWords.normalised(["build"] + words))
    return try #require(command as? BuildCommand)
}

/// The request that some words are read as.
func buildRequest(_ words: [String], environment: [String: String] = [:]) throws -> BuildRequest {
    try buildCommand(words).request(environment: environment)
}

@Suite("Flags of caisson build")
struct CommandLineTests {
    @Test("Every flag of docker's that this version has ends in the request")
    func everything() throws {
        let request = try buildRequest(
            [
                "--add-host", "a:1.2.3.4", "--build-arg", "A=1", "--build-arg", "B", "--cgroup-parent", "/x", "-f", "D",
                "--label", "l", "--label", "m=1", "--network", "none", "--no-cache-filter", "a,b", "--no-cache-filter",
                "c",
                "-o", "type=oci,dest=o.tar", "--platform", "linux/arm64/v8", "--pull", "--shm-size", "64m", "-t", "a",
                "-t",
                "r.example/b:1", "--target", "t", "--ulimit", "nofile=1:2", "--ulimit", "nofile=3", "ctx",
            ],
            environment: ["B": "2", "SOURCE_DATE_EPOCH": "7"]
        )
        var expected = BuildRequest(context: .directory("ctx"), dockerfile: .file("D"))
        expected.extraHosts = [ExtraHost(name: "a", address: "1.2.3.4")]
        expected.buildArgs = ["A": "1", "B": "2", "SOURCE_DATE_EPOCH": "7"]
        expected.cgroupParent = "/x"
        expected.labels = ["l": "", "m": "1"]
        expected.network = NetworkMode.none
        expected.noCache = .stages(["a", "b", "c"])
        expected.exports = [.oci(.path("o.tar"), attributes: [:])]
        expected.platforms = [Platform(os: "linux", architecture: "arm64")]
        expected.pull = true
        expected.shmSize = 64 << 20
        expected.tags = [try ImageReference(parsing: "a"), try ImageReference(parsing: "r.example/b:1")]
        expected.target = "t"
        expected.ulimits = [Ulimit(name: "nofile", soft: 3, hard: 3)]
        #expect(request == expected)
    }

    @Test("Without flags everything is at its default")
    func defaults() throws {
        #expect(try buildRequest(["."]) == BuildRequest(context: .directory(".")))
        let words = ["--network", "default", "--shm-size=0", "--target=", "--cgroup-parent=", "-f", "", "."]
        #expect(try buildRequest(words) == BuildRequest(context: .directory(".")))
    }

    @Test(
        "Words that mean the same to docker mean the same here",
        arguments: [
            (["-t", "a", "."], ["--tag", "a", "."]), (["-ta", "."], ["--tag=a", "."]),
            (["-t=a", "."], ["--tag", "a", "."]),
            ([".", "-t", "a"], ["-t", "a", "."]), (["-t", "a", "--", "."], ["-t", "a", "."]),
            (["-qt", "a", "."], ["-q", "-t", "a", "."]), (["-qta", "."], ["--quiet", "--tag", "a", "."]),
            (["--pull=true", "."], ["--pull", "."]), (["--pull", "--pull=false", "."], ["."]),
            (["--pull=0", "--pull", "."], ["--pull", "."]), (["--no-cache=1", "."], ["--no-cache", "."]),
            (["--build-arg=A=-1", "."], ["--build-arg", "A=-1", "."]), (["-o-", "."], ["--output=-", "."]),
            (["-oout", "."], ["-o", "type=local,dest=out", "."]), (["--rm", "--force-rm=true", "."], ["."]),
            (["--provenance=false", "--sbom", "false", "."], ["--attest", "type=provenance,disabled=true", "."]),
            (["-f", "-", "."], ["--file=-", "."]),
            (["--label", "--x", "."], ["--label=--x", "."]), (["-q=false", "."], ["."]),
            (["--platform", "linux/amd64,linux/x86_64", "."], ["--platform=amd64", "."]),
        ]
    )
    func spellings(words: [String], same: [String]) throws {
        let (command, other) = (try buildCommand(words), try buildCommand(same))
        #expect(try command.request(environment: [:]) == other.request(environment: [:]))
        #expect(command.progress.quiet == other.progress.quiet)
    }

    @Test("The provenance that nobody asked for is left out as buildx's variable says")
    func defaultAttestations() throws {
        let name = "BUILDX_NO_DEFAULT_ATTESTATIONS"
        let disabled = Attestation(kind: .provenance, isDisabled: true)
        let most = Attestation(kind: .provenance, parameters: ["mode": "max"])
        for (words, value, wanted) in [
            ([], "1", [disabled]), ([], "0", []), ([], "", []), (["--provenance=mode=max"], "true", [most]),
            (["--provenance=false"], "false", [disabled]),
        ] as [([String], String, [Attestation])] {
            let request = try buildCommand(words + ["."]).request(environment: [name: value])
            #expect(request.attestations == wanted, "\(words) \(value)")
        }
        let error = #expect(throws: BuildError.self) { try buildCommand(["."]).request(environment: [name: "maybe"]) }
        #expect(error?.message.contains(name) == true && error?.code == .usage)
    }

    @Test("A word after -- is the context even where it looks like a flag")
    func terminator() throws {
        #expect(try buildRequest(["--", "-x"]).context == .directory("-x"))
        #expect(try buildRequest(["--", "--push"]).exports.isEmpty)
    }

    @Test(
        "The Dockerfile's place depends on the context",
        arguments: [
            (["-"], .tarOnInput, .inContext(nil)), (["-f", "x/D", "-"], .tarOnInput, .inContext("x/D")),
            (["-f", "-", "dir"], .directory("dir"), .text([])), (["-f", "D", "dir"], .directory("dir"), .file("D")),
            (["-f", "D", "git://r.example/a"], .remote("git://r.example/a"), .inContext("D")),
            (["-f", "/D", "git://r.example/a"], .remote("git://r.example/a"), .file("/D")),
            (["-f", "-", "git://r.example/a"], .remote("git://r.example/a"), .text([])),
        ] as [([String], ContextSource, DockerfileSource)]
    )
    func sources(words: [String], context: ContextSource, dockerfile: DockerfileSource) throws {
        let request = try buildRequest(words)
        #expect(request.context == context)
        #expect(request.dockerfile == dockerfile)
    }

    @Test("--load and --push add outputs, once each")
    func shorthands() throws {
        #expect(try buildRequest(["--load", "."]).exports == [.docker(nil, attributes: [:])])
        let pushed = try buildRequest(["--push", "--load", "-t", "a", "-o", "type=image", "."]).exports
        #expect(pushed == [.image(attributes: ["unpack": "false"], isPushed: true), .docker(nil, attributes: [:])])
    }

    @Test("The environment stands in for flags that were not given")
    func environment() throws {
        let environment = ["DOCKER_DEFAULT_PLATFORM": "linux/arm", "BUILDKIT_PROGRESS": "plain"]
        let command = try buildCommand(["."])
        #expect(try command.request(environment: environment).platforms.map(\.description) == ["linux/arm/v7"])
        #expect(try command.progress.mode(environment: environment) == .plain)
        #expect(try command.progress.mode(environment: [:]) == .auto)
        #expect(try buildCommand(["-q", "."]).progress.mode(environment: environment) == .quiet)
        #expect(try buildCommand(["--progress", "tty", "."]).progress.mode(environment: environment) == .tty)
    }

    @Test("The table of flags and ArgumentParser's declarations are the same flags")
    func table() {
        let help = BuildCommand.helpMessage(includeHidden: true, columns: 200)
        let isNameByte = { (character: Character) in character.isLowercase || character == "-" }
        let declared = Set(
            help.split(whereSeparator: { " ,\n".contains($0) }).filter {
                $0.hasPrefix("--") && $0.allSatisfy(isNameByte)
            }
            .map(String.init)
        )
        let known = Set(BuildFlags.booleans + BuildFlags.values)
        #expect(known.subtracting(declared) == [])
        let words = BuildFlags.booleans.filter { $0 != "--help" } + BuildFlags.values.flatMap { [$0, "v"] } + ["."]
        do {
            _ = try BuildCommand.parse(words)
        } catch {
            #expect(BuildCommand.message(for: error).contains("--addr and --builder both"), "\(error)")
        }
        // --lint may stand without its value, which is filled in before.
        #expect(
            declared.subtracting(known).subtracting(["--version", "--output", "--lint", "--plan", "--ignored-flag"])
                == []
        )
        #expect(known.isDisjoint(with: BuildFlags.unavailable.keys))
    }
}
