import CaissonBuildModel
import CaissonSystem
import CaissonText
import Foundation
import Testing

@testable import CaissonPreparation

@Suite(.enabled(if: access("/usr/bin/git", X_OK) == 0, "skipped: git isn't installed"))
struct WorkTreeTests {
    private static let environment = [
        "PATH": "/usr/bin:/bin", "HOME": "/nowhere", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@a",
        "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@a", "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_SYSTEM": "/dev/null",
    ]

    private static func git(_ words: [String], in directory: String) async throws {
        let call = HelperProgram(
            executable: "/usr/bin/git",
            arguments: ["-C", directory] + words,
            environment: environment.map { $0.key + "=" + $0.value }
        )
        try #require(try await call.run().status == 0, "git \(words)")
    }

    private static func answer(_ words: [String], in directory: String) async throws -> String {
        let call = HelperProgram(
            executable: "/usr/bin/git",
            arguments: ["-C", directory] + words,
            environment: environment.map { $0.key + "=" + $0.value }
        )
        return String(decoding: try await call.run().output, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    /// A repository with a context in `app`.
    private static func withRepository(_ body: (String, BuildRequest) async throws -> Void) async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "caisson-tree-\(UUID().uuidString)")
        let context = root.appending(path: "app")
        try FileManager.default.createDirectory(at: context, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        try Data("FROM scratch\n".utf8).write(to: context.appending(path: "Dockerfile"))
        try await git(["init", "-q", "-b", "main"], in: root.path)
        try await body(root.path, BuildRequest(context: .directory(context.path)))
    }

    private static func tree(_ request: BuildRequest, changes: Bool = false) async throws -> WorkTree? {
        try await WorkTree.around(request, environment: environment, looksForChanges: changes)
    }

    @Test func `the commit, the address without its credentials and the places below the root are told`() async throws {
        try await Self.withRepository { root, request in
            let before = try #require(try await Self.tree(request))
            #expect(before.commit == nil)
            #expect(before.revision(of: request).context == "app")
            try await Self.git(["add", "."], in: root)
            try await Self.git(["commit", "-q", "-m", "x"], in: root)
            try await Self.git(["remote", "add", "origin", "https://me:secret@git.example/a.git"], in: root)
            let tree = try #require(try await Self.tree(request, changes: true))
            #expect(tree.commit?.count == 40)
            #expect(tree.remote == "https://git.example/a.git")
            var revision = tree.revision(of: request)
            #expect(
                revision.attributes == [
                    "vcs:source": "https://git.example/a.git", "vcs:revision": tree.commit ?? "",
                    "vcs:localdir:context": "app", "vcs:localdir:dockerfile": "app",
                ]
            )
            var other = request
            other.dockerfile = .file(root + "/D")
            revision = tree.revision(of: other)
            #expect(revision.dockerfile == ".")
            #expect(
                tree.labels(for: request) == [
                    "org.opencontainers.image.revision": tree.commit ?? "",
                    "org.opencontainers.image.source": "https://git.example/a.git",
                    "com.docker.image.source.entrypoint": "app/Dockerfile",
                ]
            )
        }
    }

    @Test func `a changed tree is dirty where that is asked, and the branch's own remote comes first`() async throws {
        try await Self.withRepository { root, request in
            try await Self.git(["add", "."], in: root)
            try await Self.git(["commit", "-q", "-m", "x"], in: root)
            for name in ["upstream", "mine"] {
                try await Self.git(["remote", "add", name, "ssh://git.example/\(name)"], in: root)
            }
            #expect(try await Self.tree(request)?.remote == "ssh://git.example/upstream")
            try await Self.git(["update-ref", "refs/remotes/mine/main", "HEAD"], in: root)
            try await Self.git(["branch", "-q", "--set-upstream-to=mine/main"], in: root)
            #expect(try await Self.tree(request)?.remote == "ssh://git.example/mine")
            #expect(try await Self.tree(request, changes: true)?.commit?.hasSuffix("-dirty") == false)
            try Data("x".utf8).write(to: URL(filePath: root + "/new"))
            #expect(try await Self.tree(request)?.commit?.hasSuffix("-dirty") == false)
            #expect(try await Self.tree(request, changes: true)?.commit?.hasSuffix("-dirty") == true)
        }
    }

    /// Settings, and the branch that they are of.
    private static let settings = [
        ["remote.origin.url=https://a/b", "branch.main.remote=origin", "branch.main.merge=refs/heads/main"],
        ["remote.x.y.url=a", "remote.x.y.url=b", "remote.upstream.url=c", "branch.main.remote=x.y"],
        ["remote.x.fetch=+refs/heads/*:refs/remotes/x/*", "branch.main.remote=x", "branch.main.merge=refs/heads/m"],
        [
            "remote.x.url=git@h:x", "remote.x.fetch=refs/heads/m*n:refs/remotes/x/m*n", "branch.main.remote=x",
            "branch.main.merge=refs/heads/main", "branch.main.merge=refs/heads/other",
        ],
        [
            "remote.x.url=git@h:x", "remote.x.fetch=refs/heads/m*in:refs/remotes/x/m*in", "branch.main.remote=no",
            "branch.main.remote=x", "branch.main.merge=refs/heads/min", "remote.origin.url=o",
        ],
        [
            "remote.x.url=x", "remote.x.fetch=+refs/heads/main", "branch.main.remote=x",
            "branch.main.merge=refs/heads/main", "remote.upstream.url=u",
        ],
        [
            "remote.x.url=x", "remote.x.fetch=+refs/heads/*:refs/remotes/x/*", "remote.x.fetch=^refs/heads/main",
            "branch.main.remote=x", "branch.main.merge=refs/heads/main", "remote.upstream.url=u",
        ],
        ["branch.main.remote=.", "branch.main.merge=refs/heads/other", "remote.origin.url=o"],
        ["branch.main.merge=refs/heads/main", "remote.x.url=o"],
        [
            "remote.origin.url=gh:a/b", "url.https://short/.insteadOf=g", "url.https://h/.insteadOf=gh:",
            "url.ssh://p/.pushInsteadOf=gh:a", "url.https://other/.insteadOf=gh:b",
        ],
        ["remote.origin.pushurl=a", "url.https://h/.insteadOf=or"], ["remote.origin.mirror"], [],
    ]

    @Test(arguments: settings) func `of remotes, the settings say what git itself would`(
        settings: [String]
    ) async throws {
        try await Self.withRepository { root, request in
            try await Self.git(["add", "."], in: root)
            try await Self.git(["commit", "-q", "-m", "x"], in: root)
            for setting in settings {
                let (key, value) = setting.cut(at: "=") ?? (setting, "true")
                try await Self.git(["config", "--add", key, value], in: root)
            }
            var expected: String?
            let followed = try await Self.answer(
                ["for-each-ref", "--format=%(upstream:remotename)", "refs/heads"],
                in: root
            )
            for name in [followed, "origin", "upstream"] where expected == nil && name != "" {
                let address = try await Self.answer(["remote", "get-url", name], in: root)
                expected = address.isEmpty ? nil : address
            }
            #expect(try await Self.tree(request)?.remote == expected)
        }
    }

    @Test func `git is started twice, and once more where changes are looked for`() async throws {
        try await Self.withRepository { root, request in
            try await Self.git(["add", "."], in: root)
            try await Self.git(["commit", "-q", "-m", "x"], in: root)
            let program = "#!/bin/sh\necho >> \(root)/calls\nexec /usr/bin/git \"$@\"\n"
            try Data(program.utf8).write(to: URL(filePath: root + "/git"))
            try #require(chmod(root + "/git", 0o755) == 0)
            var environment = Self.environment
            environment["PATH"] = root + ":/usr/bin:/bin"
            for (looks, calls) in [(false, 2), (true, 5)] {
                let tree = try await WorkTree.around(request, environment: environment, looksForChanges: looks)
                #expect(tree?.commit?.hasSuffix("-dirty") == looks)
                #expect(try String(contentsOfFile: root + "/calls", encoding: .utf8).count == calls)
            }
        }
    }

    @Test func `what is in no work tree has none`() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "caisson-bare-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        #expect(try await Self.tree(BuildRequest(context: .directory(directory.path))) == nil)
        #expect(try await Self.tree(BuildRequest(context: .remote("https://git.example/a.git"))) == nil)
        #expect(try await Self.tree(BuildRequest(context: .directory("/no/such/place"))) == nil)
    }

    @Test(arguments: [
        ("https://me:x@h/p", "https://h/p"), ("https://me@h/p", "https://h/p"), ("https://ghp_token@h", "https://h"),
        ("https://h/p@q", "https://h/p@q"),
        ("git@h:p", "git@h:p"), ("/a/b", "/a/b"), ("ssh://u:a@b@h:1/p", "ssh://h:1/p"),
    ])
    func `no user, token or password goes into an address`(address: String, shown: String) {
        #expect(WorkTree.withoutCredentials(address) == shown)
    }
}
