import CaissonBuildModel
import CaissonText
import Glibc
import Synchronization

@testable import CaissonRunControl

/// Numbers that look random and are the same for the same seed.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A whole number from 0 to below a bound.
    mutating func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: next() >> 33) % max(bound, 1) }

    /// Whether it is one of so many in a hundred.
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
}

/// A state directory that is gone afterwards.
struct StateFolder: ~Copyable {
    let path: String

    init() {
        var template = Array("/tmp/caisson-run-control.XXXXXX".utf8CString)
        path = mkdtemp(&template) == nil ? "/nowhere" : String(cPath: template)
    }

    deinit {
        var paths: [String] = []
        Self.collect(path, &paths)
        for path in paths.reversed() where unlink(path) != 0 { rmdir(path) }
    }

    private static func collect(_ path: String, _ paths: inout [String]) {
        paths.append(path)
        for name in names(path) { collect("\(path)/\(name)", &paths) }
    }

    /// The names in one of its folders.
    func names(in folder: String) -> [String] { Self.names("\(path)/\(folder)") }

    private static func names(_ path: String) -> [String] {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, let stream = opendir(path) else {
            return []
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}

/// A value that several tasks change.
final class Shared<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    init(_ value: Value) { mutex = Mutex(value) }

    var value: Value { mutex.withLock { $0 } }
    func change(_ body: (inout sending Value) -> Void) { mutex.withLock { body(&$0) } }
}

/// Something that is waited for and happens once.
struct Gate: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func open() { continuation.finish() }
    func wait() async { for await _ in stream {} }
}

extension MachineLimits {
    /// A cap, and nothing else.
    static func cap(_ places: Int?) -> MachineLimits {
        var limits = MachineLimits()
        limits.maxConcurrentBuilds = places
        return limits
    }
}

extension PlaceRequest {
    /// A request of which only this matters.
    static func named(
        _ title: String,
        priority: Int = 1,
        memory: Int64? = nil,
        project: String? = nil
    ) -> PlaceRequest {
        var needs = MachineNeeds()
        needs.memory = memory
        return PlaceRequest(id: BuildID(), title: title, priority: priority, needs: needs, project: project)
    }
}

extension PlaceTicket {
    /// A ticket whose name is its title.
    static func named(
        _ name: String,
        since seconds: Int64,
        _ limits: MachineLimits,
        priority: Int = 1,
        memory: Int64? = nil
    ) -> PlaceTicket {
        let request = PlaceRequest.named(name, priority: priority, memory: memory, project: name)
        return PlaceTicket(request, name: name, limits: limits, since: seconds * 1_000_000_000)
    }

    /// The same while it has its place.
    var inPlace: PlaceTicket {
        var ticket = self
        ticket.state = .running
        return ticket
    }
}

extension PlaceBook {
    /// A book so many seconds after the machine was started.
    init(_ tickets: [PlaceTicket], at seconds: Int64, asleep: Set<String> = []) {
        self.init(tickets, now: seconds * 1_000_000_000, asleep: asleep)
    }
}
