import ArgumentParser
import CaissonBuildModel
import CaissonEngineDiscovery
import CaissonText
import Testing

@testable import caisson

/// The words of docker buildx's command line.
@Suite struct PeerWordsTests {
    private static func ours(_ text: String) throws -> [String] {
        try PeerWords(text.split(separator: " ").map(String.init)).words
    }

    @Test(arguments: [
        ("b -t x .", "build -t x ."), ("--builder X build .", "build --builder X ."),
        ("--builder=X b .", "build --builder X ."),
        ("-D build .", "build --debug ."), ("-D --builder X build -t y .", "build --builder X --debug -t y ."),
        ("--debug=false build .", "build ."), ("imagetools inspect a", "image inspect a"),
        ("--builder X imagetools create -t a b", "image create --builder X -t a b"), ("ls", "builder ls"),
        ("create --name a tcp://h:1", "builder create --name a tcp://h:1"), ("use a", "builder use a"),
        ("rm -f a", "builder rm --force a"), ("rm --builder a", "builder rm a"), ("inspect", "builder inspect"),
        ("--builder a inspect --bootstrap", "builder inspect --bootstrap a"),
        ("inspect --builder a --format json", "builder inspect --format json a"),
        ("inspect --builder=a b", "builder inspect b"), ("--builder a stop", "builder stop a"),
        ("builder ls -D", "builder ls"), ("--builder a builder use b", "builder use b"), ("--version", "--version"),
        ("--help build", "--help build"), ("--builder a", "--builder a"), ("lint -f json x", "lint -f json x"),
        ("--builder a lint x", "lint x"), ("lint --debug x", "lint --debug x"),
        ("--builder a dial-stdio", "dial-stdio --builder a"), ("-D dial-stdio", "dial-stdio"),
        ("create --name -D -D x", "builder create --name -D x"), ("rm -f --builder a", "builder rm --force a"),
        ("create --driver-opt --builder x", "builder create --driver-opt --builder x"),
        ("imagetools create -t -D --debug a", "image create -t -D a"),
        ("imagetools create -tb -D a", "image create -tb a"),
        ("imagetools inspect -- -D", "image inspect -- -D"), ("rm --builder a --builder b", "builder rm b"),
        ("inspect --format=json -D", "builder inspect --format=json"),
    ])
    func `the peer's words are ours`(theirs: String, ours: String) throws {
        #expect(try Self.ours(theirs) == ours.split(separator: " ").map(String.init))
    }

    @Test(arguments: PeerWords.aliases.keys.sorted())
    func `an alias is a command of ours`(word: String) throws {
        let words = try #require(PeerWords.aliases[word])
        var command: any ParsableCommand.Type = Caisson.self
        for word in words {
            command = try #require(command.configuration.subcommands.first { $0.configuration.commandName == word })
        }
        #expect(!Caisson.verbs.contains(word), "\(word) is a command already")
    }

    @Test(arguments: PeerWords.unavailable.keys.sorted())
    func `what isn't here says what is`(word: String) {
        let error = #expect(throws: BuildError.self) { try PeerWords(["--builder", "x", word, "--help"]) }
        #expect(error?.exitStatus == 2)
        #expect(error?.message.contains("isn't available") == true)
        #expect(error?.message.contains("‘") == true, "\(error?.message ?? "")")
    }

    @Test(arguments: [
        ("-D version", "--debug has no effect on version"), ("--builder a lint x", "--builder has no effect on lint"),
        ("--builder a ls", "--builder has no effect on builder ls"),
        ("imagetools inspect -D a", "--debug has no effect on image"),
    ])
    func `what does nothing is told`(words: String, warning: String) throws {
        #expect(try PeerWords(words.split(separator: " ").map(String.init)).warnings == [warning])
    }

    // MARK: builder create

    private static func specs(_ text: String) throws -> [String] {
        let words = ["builder", "create"] + text.split(separator: " ").map(String.init)
        let command = try #require(try Caisson.command(for: words) as? BuilderCommand.Create)
        return try command.peer.specs(address: command.address, node: command.node)
    }

    @Test(arguments: [
        ("--driver remote tcp://h:1", "tcp://h:1"), ("--driver remote /run/b.sock", "/run/b.sock"),
        ("--driver remote --node n1 tcp://h:1", "tcp://h:1,name=n1"),
        ("--driver remote --driver-opt cacert=/ca,cert=/c,key=/k tcp://h:1", "tcp://h:1,cacert=/ca,cert=/c,key=/k"),
        ("--driver docker-container docker-container://bk", "docker-container://bk"),
        ("--driver kubernetes kube-pod://bk?namespace=ci", "kube-pod://bk?namespace=ci"),
        ("--driver remote --driver-opt default-load=false tcp://h:1", "tcp://h:1"),
        ("--name x --append --node n2 --bootstrap --use tcp://h:2", "tcp://h:2,name=n2"),
    ])
    func `flags of docker buildx create describe nodes`(flags: String, spec: String) throws {
        #expect(try Self.specs(flags) == [spec])
    }

    @Test(arguments: [
        ("--driver docker-container --node unix:///run/docker.sock", "docker-container://CONTAINER"),
        ("--driver kubernetes", "kube-pod://POD"),
        ("--driver remote", "needs the engine's address"), ("--driver docker", "docker context"),
        ("--driver cloud org/x", "unknown"), ("--driver-opt image=x tcp://h:1", "image=x"),
        ("--driver-opt default-load=true tcp://h:1", "--load"), ("--driver-opt network=host", "address"),
        ("--buildkitd-config f tcp://h:1", "--buildkitd-config"), ("--config f tcp://h:1", "--buildkitd-config"),
        ("--buildkitd-flags=--debug tcp://h:1", "--buildkitd-flags"), ("--node n1", "address"),
        ("--node n1 --node n2 tcp://h:1", "n1 and n2"), ("no-such-context-anywhere", "no builder"),
    ])
    func `what no flag can do here is said`(flags: String, said: String) {
        let error = #expect(throws: BuildError.self) { try Self.specs(flags) }
        #expect(error?.message.contains(said) == true, "\(error?.message ?? "")")
        #expect(error?.exitStatus == 2)
    }

    @Test(arguments: [
        ("", "20s"), ("--timeout 1m30s", "90s"), ("--timeout 500ms", "500ms"), ("--timeout 0s", nil),
        ("--timeout soon", nil),
    ])
    func `nodes have as long as the flag says`(flags: String, limit: String?) throws {
        let words = ["builder", "create"] + flags.split(separator: " ").map(String.init)
        let command = try #require(try Caisson.command(for: words) as? BuilderCommand.Create)
        guard let limit else {
            #expect(throws: BuildError.self) { try command.peer.limit() }
            return
        }
        #expect(try command.peer.limit() == GoDuration.parse(limit))
    }

    // MARK: Templates

    @Test func `builders are listed by a template, with heads after the word table`() throws {
        let builders = [
            ListedEngine(
                name: "a",
                kind: .buildkitd,
                endpoint: "tcp://h:1",
                status: .running,
                origin: "node a0, in use"
            ),
            ListedEngine(name: "bbbb", kind: .unknown, endpoint: "tcp://h:2", status: .unknown, origin: "node b0"),
        ]
        #expect(
            try BuilderText.text(builders, template: "{{.Name}}: {{.DriverEndpoint}}")
                == "a: tcp://h:1\nbbbb: tcp://h:2\n"
        )
        #expect(
            try BuilderText.text(builders, template: #"table {{.Name}}\t{{.Status}}"#)
                == "NAME  STATUS\na     running\nbbbb  unknown\n"
        )
        #expect(try BuilderText.text(builders, template: "{{if .Current}}{{.Name}}{{end}}") == "a\n\n")
        #expect(throws: BuildError.self) { try BuilderText.text(builders, template: "{{.Nmae}}") }
    }
}
