import Foundation
import Testing

/// The attributes of the outputs that are files, and those of image layouts in a directory.
@Suite struct FileAttributeTests {
    private static let dockerfile = "FROM scratch\nCOPY kept /\nCOPY deep /deep\n"
    private static let files = ["kept": "k", "deep/own": "o"]

    @Test(.requires(.docker26), arguments: ["local", "tar"])
    func `files carry the epoch, attestations their prefix, and a platform a directory of its own`(
        type: String
    ) async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            try TestContext.write(Self.dockerfile, to: directory, files: Self.files)
            let output =
                "type=\(type),dest=../o,attestation-prefix=by.,source-date-epoch=1600000000,platform-split=true"
            let context = directory.appending(path: "context")
            try TestContext.write(Self.dockerfile, to: context, files: Self.files)
            let flags = ["--provenance", "mode=min", "--platform", "linux/amd64,linux/386", "-o", output, "."]
            try await Build(flags, in: context, on: engine).succeed()
            let listing = try await Tools.listing(of: directory.appending(path: "o").path)
            for platform in ["linux_amd64", "linux_386"] {
                #expect(listing.contains("\(platform)/kept file 644 k"))
                #expect(listing.contains { $0.hasPrefix("\(platform)/by.provenance.json ") })
            }
            let script =
                type == "tar" ? "tar -tvf ../o --full-time --utc" : "ls -l --time-style=full-iso ../o/linux_386"
            var list = Command("/bin/sh", ["-c", "TZ=UTC " + script])
            list.directory = context.path
            let lines = try await runSuccessfully(list).output.split(separator: "\n").filter { $0.hasSuffix("kept") }
            #expect(!lines.isEmpty && lines.allSatisfy { $0.contains("2020-09-13 12:26:40") }, "\(lines)")
        }
    }

    @Test(.requires(.docker26), arguments: ["local", "tar"])
    func `platforms that aren't split share a directory`(type: String) async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let context = directory.appending(path: "context")
            try TestContext.write("FROM scratch\nARG TARGETARCH\nCOPY f /$TARGETARCH\n", to: context, files: ["f": "f"])
            let output = ["--provenance", "mode=min", "-o", "type=\(type),dest=../o,platform-split=false"]
            try await Build(["--platform", "linux/amd64,linux/386"] + output + ["."], in: context, on: engine).succeed()
            let names = try await Tools.listing(of: directory.appending(path: "o").path)
                .compactMap { $0.split(separator: " ").first.map(String.init) }
            for architecture in ["386", "amd64"] {
                // In a tar BuildKit keeps the folders, and only the names of attestations tell the platform.
                let folder = type == "tar" ? "linux_\(architecture)/" : ""
                #expect(names.contains("\(folder)\(architecture)"), "\(names)")
                #expect(names.contains("\(folder)provenance.linux_\(architecture).json"), "\(names)")
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `mode=delete removes what the result doesn't have, and nothing outside`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            let context = directory.appending(path: "context")
            try TestContext.write(Self.dockerfile, to: context, files: Self.files)
            let old = [
                "o/old": "x", "o/deep/old": "x", "o/gone/a/b": "x", "o/kept/was/a/directory": "x", "beside": "b",
            ]
            try TestContext.write("", to: directory, files: old)
            let out = directory.appending(path: "o")
            for link in ["o/link", "o/deep/link", "o/gone/link"] {
                let path = directory.appending(path: link).path
                try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: directory.path)
            }
            let flags = ["-o", "type=local,dest=../o,mode=delete", "."]
            try await Build(flags, in: context, on: engine).fail(with: 2, saying: "--allow buildx.local.delete")
            #expect(try await Tools.listing(of: out.path).contains("old file 644 x"))
            let allowed = ["--allow", "buildx.local.delete"] + flags
            try await Build(allowed, in: context, on: engine).succeed()
            #expect(
                try await Tools.listing(of: out.path) == ["deep dir 755 ", "deep/own file 644 o", "kept file 644 k"]
            )
            #expect(FileManager.default.fileExists(atPath: directory.appending(path: "beside").path))
            // What fails deletes nothing, and neither does a build into the directory that it is made from.
            try Data("x".utf8).write(to: out.appending(path: "mine"))
            let broken = Self.dockerfile + "COPY absent /\n"
            try Data(broken.utf8).write(to: context.appending(path: "Dockerfile"))
            try await Build(allowed, in: context, on: engine).fail(with: 1)
            #expect(FileManager.default.fileExists(atPath: out.appending(path: "mine").path))
            let above = ["--allow", "buildx.local.delete", "-o", "type=local,dest=..,mode=delete", "."]
            try await Build(above, in: context, on: engine).fail(with: 2, saying: "which this build is made from")
            #expect(FileManager.default.fileExists(atPath: context.appending(path: "kept").path))
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `mode=delete keeps every platform's files, built together or one by one`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withTemporaryDirectory { directory in
            let context = directory.appending(path: "context")
            try TestContext.write(Self.dockerfile, to: context, files: Self.files)
            try TestContext.write("", to: directory, files: ["o/linux_arm64/old": "x", "o/linux_386/old": "x"])
            let flags = ["--allow", "buildx.local.delete", "--platform", "linux/amd64,linux/386"]
            try await Build(flags + ["-o", "type=local,dest=../o,mode=delete", "."], in: context, on: engine).succeed()
            let listing = try await Tools.listing(of: directory.appending(path: "o").path)
            let names = listing.compactMap { $0.split(separator: " ").first }
            let each = ["", "/deep", "/deep/own", "/kept"]
            #expect(names == (each.map { "linux_386" + $0 } + each.map { "linux_amd64" + $0 }).map { $0[...] })
        }
    }

    @Test(.requires(.docker26), arguments: ["oci", "docker"])
    func `tar=false writes a layout that others read and that keeps what it had`(type: String) async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let context = directory.appending(path: "context")
            let layout = directory.appending(path: "layout")
            for word in ["one", "two"] {
                try TestContext.write("FROM scratch\nCOPY f /f\nCMD [\"\(word)\"]\n", to: context, files: ["f": "f"])
                let output = "type=\(type),tar=false,oci-mediatypes=true,dest=../layout"
                let flags = ["-o", output, "-t", "some/app:\(word)", "--metadata-file", "../m.json", "."]
                try await Build(flags, in: context, on: engine).succeed()
            }
            let blobs = ImageBlobs(layout)
            let notes = try blobs.entries.map { $0["annotations"] as? [String: String] }
            #expect(notes.map { $0?["org.opencontainers.image.ref.name"] } == ["one", "two"])
            #expect(
                notes.map { $0?["io.containerd.image.name"] } == ["docker.io/some/app:one", "docker.io/some/app:two"]
            )
            let metadata = try ImageBlobs.object(Data(contentsOf: directory.appending(path: "m.json")))
            #expect(metadata["containerimage.digest"] as? String == (try blobs.entries[1]["digest"] as? String))
            #expect(FileManager.default.fileExists(atPath: layout.appending(path: "oci-layout").path))
            // skopeo checks every digest.
            for word in ["one", "two"] {
                let target = "dir:" + directory.appending(path: "copy-\(word)").path
                let flags = ["copy", "--insecure-policy", "oci:\(layout.path):\(word)", target]
                try await runSuccessfully(Command("/usr/bin/skopeo", flags))
            }
            // A base image of the next build, out of the layout.
            try TestContext.write("FROM base\nCOPY f /again\n", to: context, files: ["f": "f"])
            let from = ["--build-context", "base=oci-layout://../layout:two", "-o", "../out", "."]
            try await Build(from, in: context, on: engine).succeed()
            #expect(FileManager.default.fileExists(atPath: directory.appending(path: "out/again").path))
        }
    }

    @Test(.requires(.docker26))
    func `a layout stays as it was when the build fails, and a file is no layout`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let context = directory.appending(path: "context")
            try TestContext.write("FROM scratch\nCOPY absent /f\n", to: context)
            try await Build(["-o", "type=oci,tar=false,dest=../l", "."], in: context, on: engine).fail(with: 1)
            #expect(!FileManager.default.fileExists(atPath: directory.appending(path: "l/index.json").path))
            try Data().write(to: directory.appending(path: "file"))
            try await Build(["-o", "type=oci,tar=false,dest=../file", "."], in: context, on: engine)
                .fail(with: 1, saying: "it is a file")
        }
    }
}
