import CaissonBuildContext
import CaissonBuildModel
import Testing

@Suite("Image layouts")
struct ImageLayoutTests {
    private static func withTree(_ body: (TemporaryTree) throws -> Void) throws {
        let tree = try TemporaryTree()
        defer { tree.remove() }
        try body(tree)
    }

    private static func write(_ text: String, to layout: ImageLayout) throws -> ImageLayout.BlobInfo {
        var writer = try layout.writer()
        try text.utf8CString.withUnsafeBytes { try writer.write(UnsafeRawBufferPointer(rebasing: $0.dropLast())) }
        return try writer.finish(expected: nil)
    }

    @Test("What is written is found under its digest, and nothing else appears")
    func roundTrip() throws {
        try Self.withTree { tree in
            let layout = try ImageLayout.create(tree.path + "/a/b")
            let info = try Self.write("abc", to: layout)
            #expect(info.digest == SHA256.digest(Array("abc".utf8)))
            #expect(tree.text("a/b/blobs/sha256/" + info.digest.dropFirst(7)) == "abc")
            #expect(try layout.content(info.digest) == Array("abc".utf8))
            #expect(try layout.blob("sha256:" + String(repeating: "0", count: 64)) == nil)
            #expect(layout.lastWritten == info)
        }
    }

    @Test("A blob with another digest than announced, or one that is let go of, leaves nothing")
    func refused() throws {
        try Self.withTree { tree in
            let layout = try ImageLayout.create(tree.path)
            do {
                var writer = try layout.writer()
                try writer.write(UnsafeRawBufferPointer(start: nil, count: 0))
            }
            #expect(throws: BuildContextError.self) {
                let writer = try layout.writer()
                _ = try writer.finish(expected: "sha256:" + String(repeating: "1", count: 64))
            }
            #expect((try tree.names()) == ["blobs", "blobs/sha256"])
        }
    }

    @Test(
        "No digest leads out of the layout",
        arguments: [
            "../../secret", "sha256:../../../secret", "sha256:", "", "sha512:0",
            "sha256:" + String(repeating: "A", count: 64),
        ]
    )
    func escapes(digest: String) throws {
        try Self.withTree { tree in
            tree.file("secret")
            let layout = try ImageLayout.create(tree.path + "/l")
            #expect(try layout.blob(digest) == nil)
            #expect(try layout.reader(digest) == nil)
        }
    }

    @Test("A link in a blob's place isn't followed, nor one in the place of blobs/")
    func links() throws {
        try Self.withTree { tree in
            tree.file("secret")
            let layout = try ImageLayout.create(tree.path + "/l")
            let digest = "sha256:" + String(repeating: "2", count: 64)
            tree.link("l/blobs/sha256/" + digest.dropFirst(7), to: "../../../secret")
            #expect(throws: BuildContextError.self) { try layout.blob(digest) }
            tree.directory("m")
            tree.link("m/blobs", to: "../l/blobs")
            #expect(throws: BuildContextError.self) { try ImageLayout.open(tree.path + "/m") }
        }
    }

    @Test("A tag is moved, other entries and unknown fields of the index stay")
    func tags() throws {
        try Self.withTree { tree in
            let layout = try ImageLayout.create(tree.path)
            tree.file("index.json", #"{"schemaVersion":2,"x":[1],"manifests":[{"digest":"sha256:old","size":1}]}"#)
            let one = try Self.write(#"{"mediaType":"m1"}"#, to: layout)
            let two = try Self.write(#"{"mediaType":"m2"}"#, to: layout)
            try layout.tag(one, as: "latest")
            try layout.tag(one, as: "other")
            try layout.tag(two, as: "latest")
            #expect(try layout.digest(ofTag: "latest") == two.digest)
            #expect(try layout.digest(ofTag: "other") == one.digest)
            #expect(try layout.digest(ofTag: "none") == nil)
            let text = try #require(tree.text("index.json"))
            #expect(text.contains("sha256:old") && text.contains(#""x":[1]"#) && text.contains("m2"))
            #expect(tree.text("oci-layout") == #"{"imageLayoutVersion":"1.0.0"}"#)
        }
    }

    @Test("reset removes what the new manifest doesn't name, and nothing that isn't a blob")
    func reset() throws {
        try Self.withTree { tree in
            let layout = try ImageLayout.create(tree.path)
            let old = try Self.write("old layer", to: layout)
            let layer = try Self.write("layer", to: layout)
            tree.file("blobs/sha256/README")
            let text = #"{"mediaType":"m","layers":[{"digest":"\#(layer.digest)"}]}"#
            let manifest = try Self.write(text, to: layout)
            try layout.tag(manifest, as: "latest", resets: true)
            #expect(try layout.blob(old.digest) == nil)
            #expect(try layout.blob(layer.digest) != nil)
            #expect(try layout.blob(manifest.digest) != nil)
            #expect(tree.text("blobs/sha256/README") == "x")
        }
    }

    @Test("What is no index or no layout is said by name", arguments: ["[]", "{", ""])
    func broken(text: String) throws {
        try Self.withTree { tree in
            _ = try ImageLayout.create(tree.path)
            tree.file("index.json", text)
            let layout = try ImageLayout.open(tree.path)
            #expect {
                _ = try layout.digest(ofTag: "latest")
            } throws: {
                "\($0)".contains(tree.path)
            }
        }
        #expect(throws: BuildContextError.self) { try ImageLayout.open("/nonexistent/layout") }
    }

    @Test("A blob whose content was changed is found out")
    func changed() throws {
        try Self.withTree { tree in
            let layout = try ImageLayout.create(tree.path)
            let info = try Self.write("abc", to: layout)
            tree.file("blobs/sha256/" + info.digest.dropFirst(7), "abd")
            #expect(throws: BuildContextError.self) { try layout.content(info.digest) }
        }
    }
}
