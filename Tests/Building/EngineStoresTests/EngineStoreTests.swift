import CaissonBuildModel
import CaissonEngineStores
import Synchronization
import Testing

/// What engines without BuildKit keep of builds, over stubs of both.
@Suite struct EngineStoreTests {
    typealias Image = StubStore.Image

    /// A tagged image of three steps, a failed build that shares its first step, and a pulled image that lost its name.
    static let images: [Image] = [
        Image(id: "a1", size: 100, layers: ["L1"], command: "/bin/sh -c #(nop) ADD dir:1 in / "),
        Image(id: "a2", parent: "a1", size: 400, layers: ["L1", "L2"], created: 1001),
        Image(id: "a3", parent: "a2", name: "app:latest", size: 900, layers: ["L1", "L2", "L3"], created: 1002),
        Image(id: "b2", parent: "a1", size: 1100, layers: ["L1", "M2"], created: 1003),
        Image(
            id: "b3",
            parent: "b2",
            size: 1100,
            layers: ["L1", "M2"],
            command: "/bin/sh -c #(nop)  ENV X=1",
            created: 1004
        ),
        Image(id: "b4", parent: "b3", size: 1170, layers: ["L1", "M2", "M4"], created: 1005),
        Image(id: "d1", size: 5000, layers: ["P1"], former: "docker.io/library/debian:latest", created: 900),
    ]

    /// Runs a prune and tells what the engine lost, by what the store told of it.
    private func prune(
        _ kind: EngineStore.Kind,
        _ images: [Image] = images,
        _ order: CachePrune = CachePrune(),
        named: Set<String> = []
    ) async throws -> (removed: [CacheRecord], left: [String], engine: StubEngine) {
        let stub = StubStore(kind, images, named: named)
        let engine = try StubEngine(stub.answer)
        let removed = Mutex<[CacheRecord]>([])
        try await EngineStore(kind, named: "the engine", at: engine.endpoint).prune(order) { record in
            removed.withLock { $0.append(record) }
        }
        return (removed.withLock { $0 }, stub.left, engine)
    }

    @Test(arguments: [EngineStore.Kind.podman, .classic])
    func `nameless images are records, with the bytes that each of them has alone`(
        _ kind: EngineStore.Kind
    ) async throws {
        let stub = StubStore(kind, Self.images)
        let engine = try StubEngine(stub.answer)
        let records = try await EngineStore(kind, named: "the engine", at: engine.endpoint).records()
        let byID = Dictionary(uniqueKeysWithValues: records.map { (String($0.id.prefix(2)), $0) })
        #expect(byID.keys.sorted() == ["a1", "a2", "b2", "b3", "b4", "d1"])
        #expect(byID.mapValues(\.size) == ["a1": 100, "a2": 300, "b2": 1000, "b3": 0, "b4": 70, "d1": 5000])
        #expect(records.filter(\.isInUse).map { $0.id.prefix(2) } == ["a1", "a2"])
        #expect(Set(records.filter(\.isShared).map { $0.id.prefix(2) }) == ["a1", "a2", "d1"])
        #expect(byID["b3"]?.parents == [full("b2")])
        #expect(byID["a1"]?.description == "ADD dir:1 in /")
        #expect(byID["b3"]?.description == "ENV X=1")
        #expect(byID["b4"]?.description == "RUN make")
        #expect(byID["b4"]?.created == Timestamp(seconds: 1005))
        #expect(records.allSatisfy { $0.kind == .regular && !$0.isMutable })
    }

    @Test(arguments: [EngineStore.Kind.podman, .classic])
    func `a prune removes what no name needs, children first`(_ kind: EngineStore.Kind) async throws {
        let (removed, left, engine) = try await prune(kind)
        #expect(removed.map { $0.id.prefix(2) } == ["b4", "b3", "b2"])
        #expect(removed.map(\.size).reduce(0, +) == 1070)
        #expect(left == ["a1", "a2", "a3", "d1"])
        #expect(engine.removals.allSatisfy { $0.contains("noprune=") && !$0.contains("force") })
    }

    @Test(arguments: [EngineStore.Kind.podman, .classic])
    func `a prune of all takes nameless images of no build, and still nothing with a name`(
        _ kind: EngineStore.Kind
    ) async throws {
        var order = CachePrune()
        order.includesAll = true
        let (_, left, _) = try await prune(kind, Self.images, order)
        #expect(left == ["a1", "a2", "a3"])
    }

    @Test(arguments: [EngineStore.Kind.podman, .classic])
    func `what a container has stays with all that it was made from`(_ kind: EngineStore.Kind) async throws {
        var images = Self.images
        images[4].container = true
        let (removed, left, _) = try await prune(kind, images)
        #expect(removed.map { $0.id.prefix(2) } == ["b4"])
        #expect(left == ["a1", "a2", "a3", "b2", "b3", "d1"])
    }

    @Test func `an image that gets a name meanwhile stays`() async throws {
        let (removed, left, engine) = try await prune(.classic, named: ["b4"])
        #expect(removed.isEmpty)
        #expect(left.count == 7)
        #expect(engine.removals.isEmpty)
    }

    @Test func `images of the same layers count once`() async throws {
        let images = (1...4).map { Image(id: "c\($0)", size: 2_000, layers: ["L"], created: $0) }
        let (removed, left, _) = try await prune(.podman, images)
        #expect(removed.count == 4 && left.isEmpty)
        #expect(removed.map(\.size).reduce(0, +) == 2_000)
    }

    @Test func `a prune by ids removes only these, and only where nothing was made from them`() async throws {
        let (removed, _, _) = try await prune(
            .podman,
            Self.images,
            CachePrune(filters: CachePrune.filters(ids: [full("b4"), full("b2"), full("a3")]))
        )
        #expect(removed.map { $0.id.prefix(2) } == ["b4"])
    }

    @Test func `a limit of size and an age keep the youngest`() async throws {
        let images = (1...4).map { Image(id: "c\($0)", size: 10 * $0, layers: ["L\($0)"], created: 100 * $0) }
        var order = CachePrune()
        order.maximumBytes = 75
        #expect(try await prune(.podman, images, order).left == ["c3", "c4"])
        order = CachePrune()
        order.keepDuration = .seconds(Timestamp.now.seconds - 250)
        #expect(try await prune(.podman, images, order).left == ["c3", "c4"])
        order.keepDuration = .seconds(Int64.max)
        #expect(try await prune(.podman, images, order).left.count == 4)
    }

    @Test(arguments: ["id~=a", "description==x", "shared,", "", "id==\"a\"", "type=regular", "id==a,parents"])
    func `filters that can't be read are refused before anything is asked`(_ filter: String) async throws {
        let stub = StubStore(.podman, Self.images)
        let engine = try StubEngine(stub.answer)
        let store = EngineStore(.podman, named: "podman 4.3.1", at: engine.endpoint)
        let error = await #expect(throws: BuildError.self) { try await store.prune(CachePrune(filters: [filter])) }
        #expect(error?.code == .unsupported)
        #expect(error?.message.hasPrefix("podman 4.3.1 has no BuildKit, so the filter \"") == true)
        #expect(engine.requests.isEmpty)
    }

    @Test func `filters on kinds and flags are read`() async throws {
        let all = try await prune(.podman, Self.images, CachePrune(filters: ["type==regular,private"]))
        #expect(all.removed.count == 3)
        #expect(try await prune(.podman, Self.images, CachePrune(filters: ["type!=regular"])).removed.isEmpty)
        #expect(try await prune(.podman, Self.images, CachePrune(filters: ["mutable", "inuse"])).removed.isEmpty)
    }

    @Test func `a free part of the disk is refused`() async throws {
        let engine = try StubEngine { _ in (500, "") }
        var order = CachePrune()
        order.freeBytes = 1
        let store = EngineStore(.classic, named: "dockerd", at: engine.endpoint)
        let error = await #expect(throws: BuildError.self) { try await store.prune(order) }
        #expect(error?.code == .unsupported)
        #expect(engine.requests.isEmpty)
    }
}
