import CaissonBuildModel
import CaissonCacheMounts
import CaissonMountCarriage
import Testing

struct EngineMountsTests {
    private static func record(_ words: String, parents: [String] = []) -> CacheRecord {
        CacheRecord(id: words, parents: parents, kind: .cacheMount, description: "cached mount " + words)
    }

    private static let records = [
        record(#"/root/.cache from exec /bin/sh -c make with id "//root/.cache""#),
        record("/go from exec /bin/sh -c make"),
        record(#"/own from exec /bin/sh -c make with id "/o w n""#, parents: ["x"]),
        record(#"/go from exec /bin/sh -c make with id "team/go2""#),
        CacheRecord(id: "layer", description: "mount / from exec /bin/sh -c make"),
    ]

    @Test func `the ids are those of the Dockerfile, of the namespace that is meant`() {
        let mounts = EngineMounts(Self.records, namespace: nil)
        #expect(mounts.all.map(\.id) == ["/root/.cache", "go"])
        #expect(mounts.owned == ["o w n"])
        #expect(EngineMounts(Self.records, namespace: "team").all.map(\.id) == ["go2"])
        #expect(EngineMounts(Self.records, namespace: "tea").all.isEmpty)
    }

    @Test(arguments: [
        ("go", nil), ("/root/.cache", nil), ("o w n,uid=1", nil), ("o w n", "as in o w n,uid=1000"),
        ("go,mode=0700", "give its id alone"), ("goo", #"did you mean "go"?"#),
        ("zzzzzzzzz", #"it has "/root/.cache", "go""#),
    ])
    func `a mount that isn't there, or is another one, is told`(text: String, words: String?) throws {
        let mounts = EngineMounts(Self.records, namespace: nil)
        let obstacle = mounts.obstacle(try CarriedMount(parsing: text), on: "the engine")
        #expect((obstacle == nil) == (words == nil))
        if let words { #expect(obstacle?.contains(words) == true, "\(obstacle ?? "")") }
    }

    @Test(arguments: ["go", "id=go", "/root/.cache,uid=0", "a b", #""a,b""#, #""a,b",mode=0755,gid=7"#, "id=id=x", "é"])
    func `what is written is read back`(text: String) throws {
        let mount = try CarriedMount(parsing: text)
        #expect(try CarriedMount(parsing: mount.written) == mount)
    }

    @Test(arguments: [
        "", "id=", "go,uid", "go,uid=x", "go,mode=9", "go,mode=17777", "go,uid=1,uid=1", "go,x=1", "\"go",
    ])
    func `what names no mount is refused`(text: String) {
        #expect(throws: (any Error).self) { try CarriedMount(parsing: text) }
    }

    @Test func `places are told apart`() throws {
        #expect(try MountPlace(parsing: "a/b") == .folder("a/b"))
        #expect(try MountPlace(parsing: "a/b.tar") == .tar("a/b.tar"))
        #expect(try MountPlace(parsing: "type=local,dest=x.tar") == .folder("x.tar"))
        #expect(try MountPlace(parsing: "src=a b,type=tar") == .tar("a b"))
        let reference = try ImageReference(parsing: "localhost:5000/a:mounts")
        #expect(try MountPlace(parsing: "type=registry,ref=localhost:5000/a:mounts") == .registry(reference))
    }

    @Test(arguments: [
        "", "type=", "type=s3,dest=x", "type=registry,dest=x", "type=local", "type=local,dest=",
        "type=tar,dest=a,dest=b",
        "type=tar,dest=a,src=b", "type=tar,dest=a,mode=max", "type=registry,ref=UPPER",
    ])
    func `places that make no sense are refused`(text: String) {
        #expect(throws: (any Error).self) { try MountPlace(parsing: text) }
    }
}
