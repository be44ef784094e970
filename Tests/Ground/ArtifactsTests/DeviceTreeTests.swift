import CaissonArtifacts
import Testing

struct DeviceTreeTests {
    private static func read(_ bytes: [UInt8]) throws -> DeviceTree {
        let artifact = try Artifact.read(ArtifactBytes(bytes))
        guard case .deviceTree(let tree) = artifact.facts else {
            throw artifact.problems.first ?? ArtifactProblem(.wrongKind, "it is \(artifact.kind.rawValue)")
        }
        return tree
    }

    @Test(arguments: [16, 17])
    func `A machine's tree is walked in whole`(version: Int) throws {
        var fixture = DeviceTreeFixture.machine
        fixture.version = version
        let tree = try Self.read(fixture.bytes())
        #expect(
            tree.model == "A Board" && tree.compatible == ["me,board", "me,soc"] && tree.version == UInt32(version)
        )
        #expect(tree.nodeCount == 4 && tree.propertyCount == 4 && tree.depth == 3)
        #expect(tree.topNodes == ["cpus", "__symbols__"] && tree.hasSymbols && tree.purpose == .machine)
        #expect(tree.reservations.map(\.address) == [0x1000] && tree.problems == [])
    }

    @Test
    func `An overlay and a tree of images are told apart from a machine's`() throws {
        let overlay = try Self.read(DeviceTreeFixture.overlay.bytes())
        #expect(overlay.purpose == .overlay && overlay.fragmentCount == 2 && overlay.nodeCount == 6)
        var images = DeviceTreeFixture()
        images.begin("")
        for name in ["images", "configurations"] {
            images.begin(name)
            images.end()
        }
        images.end()
        #expect(try Artifact.read(ArtifactBytes(images.bytes())).kind == .imageTree)
    }

    @Test
    func `A tree that was cut or has more behind it is told with both sizes`() throws {
        let bytes = DeviceTreeFixture.machine.bytes()
        let cut = try Self.read(Array(bytes.dropLast(10)))
        #expect(
            cut.problems.first
                == ArtifactProblem(.truncated, "it has \(bytes.count - 10) bytes, and says \(bytes.count)")
        )
        #expect(try Self.read(bytes + [0, 0]).problems.map(\.code) == [.trailingData])
    }

    @Test
    func `Nodes are counted as deep as Linux goes, and no deeper`() throws {
        for depth in [64, 65, 100_000] {
            var fixture = DeviceTreeFixture()
            for level in 0..<depth { fixture.begin(level == 0 ? "" : "a") }
            for _ in 0..<depth { fixture.end() }
            let tree = try Self.read(fixture.bytes())
            #expect(tree.depth == min(64, depth) && tree.problems.map(\.code) == (depth == 64 ? [] : [.limitExceeded]))
        }
    }

    @Test
    func `A structure that doesn't end, ends twice or has two roots is damage`() throws {
        var open = DeviceTreeFixture()
        open.begin("")
        var closed = open
        closed.end()
        closed.end()
        var twice = open
        twice.end()
        twice.begin("b")
        twice.end()
        var outside = DeviceTreeFixture()
        outside.property("a", [])
        for fixture in [DeviceTreeFixture(), open, closed, twice, outside] {
            #expect(try Self.read(fixture.bytes()).problems.map(\.code) == [.damaged])
        }
    }

    /// One field of the header each: its place, and a value that lies.
    @Test(arguments: [
        (8, 0), (8, 0x7FFF_FFFF), (8, 39), (12, 0xFFFF_FFFF), (16, 0xFFFF_FFF0), (32, 0x7FFF_FFFF), (32, 1),
        (36, 0xFFFF_FFFF), (36, 3), (16, 0),
    ])
    func `What lies in the header is a problem`(offset: Int, value: Int) throws {
        var writer = ByteWriter(isBigEndian: true)
        writer.bytes = DeviceTreeFixture.machine.bytes()
        writer.put(value, 4, at: offset)
        #expect(try Self.read(writer.bytes).problems.count == 1)
    }

    @Test
    func `Another version isn't read`() throws {
        var fixture = DeviceTreeFixture.machine
        fixture.version = 3
        let artifact = try Artifact.read(ArtifactBytes(fixture.bytes()))
        #expect(artifact.kind == .unknown && artifact.problems.map(\.code) == [.unsupported])
    }
}
