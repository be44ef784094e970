import CaissonBuildModel
import CaissonCacheMounts
import Testing

struct MountScriptTests {
    private static let nonce = "nonce123"

    private static func flag(of id: String) throws -> String? {
        let script = try MountScript.saving([CarriedMount(id: id)], nonce: nonce)
        return script.dockerfile.split(separator: "\n").last?.split(separator: "[").first.map(String.init)
    }

    @Test(arguments: [
        ("go-build", "id=go-build"), ("/root/.cache", "id=/root/.cache"), ("a b,c", #""\"id=a b,c\"""#),
    ])
    func `A plain id stands as it is`(id: String, attribute: String) throws {
        let wanted = "RUN --mount=type=cache,\(attribute),target=/caisson/from,sharing=locked,readonly "
        #expect(try Self.flag(of: id) == wanted)
    }

    @Test(arguments: ["a$b", "it's", "a\"b", "a\\b", "a\nb", "ü", "<<E", "`x`", "${x}", "#", "a\tb"])
    func `An odd id is told by a build argument`(id: String) throws {
        let script = try MountScript.saving([CarriedMount(id: id)], nonce: Self.nonce)
        #expect(script.arguments == ["CAISSON_MOUNT_0": id])
        #expect(script.needsExpansion)
        #expect(script.dockerfile.contains("\nARG CAISSON_MOUNT_0\nRUN --mount=type=cache,id=$CAISSON_MOUNT_0,target="))
        #expect(!script.dockerfile.contains("id=\(id)"))
    }

    @Test func `Owner and permissions are part of the mount`() throws {
        let mount = try CarriedMount(id: "x", userID: 1000, groupID: 0, permissions: 0o750)
        let script = try MountScript.restoring([mount], nonce: Self.nonce)
        let wanted = ",id=x,target=/caisson/to,uid=1000,gid=0,mode=0750,sharing=locked --mount=type=bind,source="
        #expect(script.dockerfile.contains(wanted + "mount-0.tar.gz"))
        #expect(script.contextFiles == ["mount-0.tar.gz", "mount-0.sh"])
        #expect(!script.needsExpansion)
    }

    @Test func `Every step has the nonce, and a line for itself`() throws {
        let mounts = try (0..<3).map { try CarriedMount(id: "m\($0)") }
        for script in [
            try MountScript.saving(mounts, nonce: Self.nonce),
            try MountScript.restoring(mounts, nonce: Self.nonce, mode: .replace),
        ] {
            let lines = script.dockerfile.split(separator: "\n")
            #expect(lines.count == 5)
            #expect(script.marker == "caisson-mounts-nonce123")
            for line in lines.dropFirst(2) { #expect(line.contains("\"\(script.marker)\"") && !line.contains("<<")) }
        }
    }

    @Test func `The namespace is a build argument`() throws {
        let script = try MountScript.saving([CarriedMount(id: "x")], nonce: Self.nonce, namespace: "n $")
        #expect(script.arguments == ["BUILDKIT_CACHE_MOUNT_NS": "n $"])
        #expect(!script.needsExpansion)
    }

    @Test(arguments: ["", "a b", "busybox\nRUN x", "$x", "UPPER"])
    func `What is no image is refused`(image: String) {
        #expect(throws: ParseError.self) {
            try MountScript.saving([CarriedMount(id: "x")], image: image, nonce: Self.nonce)
        }
    }

    @Test(arguments: ["", "short", "nonce 123", "nonce\"123", String(repeating: "n", count: 65)])
    func `What is no nonce is refused`(nonce: String) {
        #expect(throws: ParseError.self) { try MountScript.saving([CarriedMount(id: "x")], nonce: nonce) }
    }

    @Test func `What is no mount is refused`() {
        #expect(throws: ParseError.self) { try CarriedMount(id: "") }
        #expect(throws: ParseError.self) { try CarriedMount(id: "a\0") }
        #expect(throws: ParseError.self) { try CarriedMount(id: String(repeating: "a", count: 1025)) }
        #expect(throws: ParseError.self) { try CarriedMount(id: "x", permissions: 0o10000) }
        #expect(throws: ParseError.self) { try MountScript.saving([], nonce: Self.nonce) }
    }
}
