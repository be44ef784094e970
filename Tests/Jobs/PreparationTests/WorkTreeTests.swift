import CaissonBuildModel
import CaissonSystem
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
